"""Places for lanes that run side by side: as many as the machine carries, however fast it is today."""

import asyncio
import os
from collections.abc import Callable
from types import TracebackType

WANTED = 2.0
"""While on average fewer processes than that want each core, another lane does not keep calls waiting for one."""
SETTLES = 60.0
"""In seconds: so long it takes until the load average tells of a lane that has begun."""


def has_room() -> bool:
    """Whether the cores have, over the last minute, had room for another lane."""
    return os.getloadavg()[0] < WANTED * (os.cpu_count() or 1)


class Places:
    """`always` lanes have a place; more of them, up to `at_most`, while `room` says so. They begin in their order."""

    def __init__(
        self, always: int, at_most: int, room: Callable[[], bool] = has_room, settles: float = SETTLES
    ) -> None:
        self._always = always
        self._at_most = at_most
        self._room = room
        self._settles = settles
        self._taken = 0
        self._freed = asyncio.Event()
        self._first = asyncio.Lock()

    async def __aenter__(self) -> None:
        async with self._first:
            while self._taken >= self._always and not await self._another():
                pass
            self._taken += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._taken -= 1
        self._freed.set()

    async def _another(self) -> bool:
        """Whether there is room for one more, once those that run have settled or one of them has ended."""
        self._freed.clear()
        try:
            async with asyncio.timeout(self._settles):
                await self._freed.wait()
        except TimeoutError:
            return self._taken < self._at_most and self._room()
        return self._taken < self._always
