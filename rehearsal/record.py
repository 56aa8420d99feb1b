"""What the ledger has told of a call so far, for who waits for something in it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from switchboard.ledger.events import Event

Wanted = TypeVar("Wanted", bound=Event)


class Record:
    """Listens to one ledger; `note` is its listener."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._happened = asyncio.Event()

    def note(self, event: Event) -> None:
        """It has happened."""
        self.events.append(event)
        self._happened.set()

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until an event makes that true."""
        while not happened():
            self._happened.clear()
            await self._happened.wait()
