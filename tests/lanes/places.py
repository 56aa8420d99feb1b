"""Places for lanes that run side by side: as many as the machine carries, however fast it is today."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

WANTED = 2.0
"""While on average fewer processes than that want each core, another lane does not keep calls waiting for one."""
SETTLES = 60.0
"""In seconds: so long it takes until the load average tells of a lane that has begun."""


def has_room() -> bool:
    """Whether the cores have, over the last minute, had room for another lane."""
    return os.getloadavg()[0] < WANTED * (os.cpu_count() or 1)


class Places:
    """`always` lanes have a place; more of them while they all need `cores` at most, and `room` says so.

    They begin in their order.
    """

    def __init__(
        self, always: int, cores: float, room: Callable[[], bool] = has_room, settles: float = SETTLES
    ) -> None:
        self._always = always
        self._cores = cores
        self._room = room
        self._settles = settles
        self._taken: list[float] = []
        self._freed = asyncio.Event()
        self._first = asyncio.Lock()

    @asynccontextmanager
    async def place(self, cores: float) -> AsyncIterator[None]:
        """For a lane that keeps so many cores busy on average."""
        async with self._first:
            while len(self._taken) >= self._always and not await self._another(cores):
                pass
            self._taken.append(cores)
        try:
            yield
        finally:
            self._taken.remove(cores)
            self._freed.set()

    async def _another(self, cores: float) -> bool:
        """Whether there is room for one more, once those that run have settled or one of them has ended."""
        self._freed.clear()
        try:
            async with asyncio.timeout(self._settles):
                await self._freed.wait()
        except TimeoutError:
            return sum(self._taken) + cores <= self._cores and self._room()
        return len(self._taken) < self._always
