"""What a call may cost, at most."""

from collections.abc import Callable
from decimal import Decimal

from switchboard.ledger.events import Event, Used
from switchboard.ledger.prices import Prices


class Cap:
    """A listener of the ledger: calls `reached`, once, when what is known of the call's cost is `most` or more.

    Sums of several currencies count by themselves. What has no price counts nothing: nobody knows it.
    """

    def __init__(self, prices: Prices, most: Decimal, reached: Callable[[], None]) -> None:
        self._prices = prices
        self._most = most
        self._reached = reached
        self._used: list[Event] = []
        self._told = False

    def note(self, event: Event) -> None:
        """An event of the call."""
        if self._told or not isinstance(event, Used):
            return
        self._used.append(event)
        if any(amount >= self._most for amount in self._prices.of(self._used).amounts.values()):
            self._told = True
            self._reached()
