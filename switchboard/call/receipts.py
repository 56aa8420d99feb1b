"""Which of the lines that a page has sent are kept: none is taken twice, and the page is told of each.

A page that does not hear of a line gives it to the next agent, by the same name: the worker may have died with it.
"""

from collections.abc import Callable, Collection

from switchboard.background import Background
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke, Event


class Receipts:
    """Of one call, which goes on from one that kept the lines `before`. `tell` tells the page that one is kept."""

    def __init__(
        self, ledger: Ledger, before: Collection[str], tell: Callable[[str], None], background: Background
    ) -> None:
        self._ledger = ledger
        self._come = set(before)
        self._kept = set(before)
        self._tell = tell
        self._background = background

    def wants(self, name: str | None) -> bool:
        """Whether the line of that name is to be taken. A page that asks after one that is kept is told once more."""
        if name is None:
            return True
        if name in self._kept:
            self._tell(name)
        new = name not in self._come
        self._come.add(name)
        return new

    def note(self, event: Event) -> None:
        """A listener of the ledger."""
        if isinstance(event, CallerSpoke) and event.typed:
            self._background.run(self._confirm(event.typed), "confirm a typed line")

    async def _confirm(self, name: str) -> None:
        """Once it is stored: whoever takes up the call knows of it then, whatever becomes of us."""
        await self._ledger.saved()
        self._kept.add(name)
        self._tell(name)
