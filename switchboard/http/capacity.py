"""How many calls there can be at a time: in all, and of one address."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from livekit.protocol.models import Room

from switchboard.call.source import Source
from switchboard.http.errors import HouseFull, LiveKitDown, Refused, TooManyCalls
from switchboard.http.rooms import RETRY_SECONDS, Rooms
from switchboard.settings.schema import Limits

FULL_RETRY_SECONDS = 15


class Capacity:
    """The house's places. Rooms are counted where they are, so several web apps share one count.

    `busy` hears of each caller for whom the house is full.
    """

    def __init__(self, rooms: Rooms, limits: Limits, busy: Callable[[], None] = lambda: None) -> None:
        self._rooms = rooms
        self._limits = limits
        self._busy = busy
        self._counting = asyncio.Lock()

    @asynccontextmanager
    async def one(self, source: Source, instead_of: str = "") -> AsyncIterator[None]:
        """A place for a room that is made inside the block. Raises `HouseFull`, `TooManyCalls`, `LiveKitDown`."""
        try:
            await asyncio.wait_for(self._counting.acquire(), RETRY_SECONDS)
        except TimeoutError:
            raise LiveKitDown({"Retry-After": str(RETRY_SECONDS)}) from None
        try:
            others = [room for name, room in (await self._rooms.alive()).items() if name != instead_of]
            if refused := self.refusal(others, source) or await self._unjoined(others, source):
                if refused is HouseFull:
                    self._busy()
                raise refused({"Retry-After": str(FULL_RETRY_SECONDS)})
            yield
        finally:
            self._counting.release()

    def refusal(self, others: Collection[Room], source: Source) -> type[Refused] | None:
        """Why there is no place for one more call of that source beside `others`; None: there is."""
        if len(others) >= self._limits.max_calls - self._limits.kept_for_phone:
            return HouseFull
        if len(_of(source, others)) >= self._limits.calls_per_address:
            return TooManyCalls
        return None

    async def _unjoined(self, others: Collection[Room], source: Source) -> type[Refused] | None:
        """The same for calls that nobody has joined, each of which has an agent waiting for its caller."""
        most, mine = self._limits.unjoined_per_address, _of(source, others)
        if len(mine) < most:
            return None
        joined = await asyncio.gather(*(self._rooms.has_caller(room.name) for room in mine))
        return TooManyCalls if joined.count(False) >= most else None


def _of(source: Source, rooms: Collection[Room]) -> list[Room]:
    return [room for room in rooms if Source.understood(room.metadata).address == source.address]
