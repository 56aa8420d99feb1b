"""How many calls there can be at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from switchboard.http.errors import HouseFull, LiveKitDown
from switchboard.http.rooms import RETRY_SECONDS, Rooms

FULL_RETRY_SECONDS = 15


class Capacity:
    """The house's places. Rooms are counted where they are, so several web apps share one count."""

    def __init__(self, rooms: Rooms, most: int) -> None:
        self.most = most
        self._rooms = rooms
        self._counting = asyncio.Lock()

    @asynccontextmanager
    async def one(self, instead_of: str = "") -> AsyncIterator[None]:
        """A place for a room that is made inside the block. Raises `HouseFull`, `LiveKitDown`."""
        try:
            await asyncio.wait_for(self._counting.acquire(), RETRY_SECONDS)
        except TimeoutError:
            raise LiveKitDown({"Retry-After": str(RETRY_SECONDS)}) from None
        try:
            if len((await self._rooms.alive()).keys() - {instead_of}) >= self.most:
                raise HouseFull({"Retry-After": str(FULL_RETRY_SECONDS)})
            yield
        finally:
            self._counting.release()
