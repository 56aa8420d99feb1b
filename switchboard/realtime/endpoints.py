"""Who serves the realtime model: the service of the settings, and those that stand in for it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from switchboard.realtime.breaker import Breaker


@dataclass(frozen=True)
class Address:
    """Where a deployment is, and the key to it; None: tokens open it."""

    base_url: str
    deployment: str | None
    key: str | None = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """One deployment; without an `address` it is the one that LiveKit's options name."""

    breaker: Breaker
    address: Address | None = None
    token: Callable[[], Awaitable[str]] | None = field(default=None, repr=False)


class Endpoints:
    """Those of one call, the preferred first. The call stays where it is served."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._endpoints = tuple(endpoints)
        self.at_hand = self._working()[0]
        self.hopeless = all(each.breaker.down for each in endpoints)
        """None worked when the call began: it need not wait for them as well."""

    @property
    def another(self) -> bool:
        """Whether there is one besides that at hand that may work."""
        return any(each is not self.at_hand and not each.breaker.down for each in self._endpoints)

    def served(self) -> None:
        """The one at hand works."""
        self.at_hand.breaker.served()
        self.hopeless = False

    def failed(self) -> None:
        """It does not: the next one is at hand."""
        self.at_hand.breaker.failed()
        self._move_on()

    def leave(self) -> None:
        """It says that it will not for a while: the next one is at hand."""
        self.at_hand.breaker.trip()
        self._move_on()

    def _move_on(self) -> None:
        others = [each for each in self._working() if each is not self.at_hand]
        self.at_hand = others[0] if others else self.at_hand

    def _working(self) -> list[Endpoint]:
        """Those that may work, or all where none does; in their order."""
        return [each for each in self._endpoints if not each.breaker.down] or list(self._endpoints)
