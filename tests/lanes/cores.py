"""The cores of a machine, shared out among lanes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Cores:
    """So many per cent of a core may be taken at a time. Who asked first and fits into what is left gets it."""

    def __init__(self, percent: int) -> None:
        self._percent = self._left = percent
        self._returned = asyncio.Condition()

    @asynccontextmanager
    async def taken(self, percent: int) -> AsyncIterator[None]:
        """Wait for them, and have them. Who wants more than there is gets all."""
        percent = min(percent, self._percent)
        async with self._returned:
            await self._returned.wait_for(lambda: self._left >= percent)
            self._left -= percent
        try:
            yield
        finally:
            async with self._returned:
                self._left += percent
                self._returned.notify_all()
