"""The service will not serve the call any more: the caller is told before the call ends."""

import asyncio
from collections.abc import Awaitable, Callable


class LastWords:
    """Said once. `say` says them, and `end` ends the call; LiveKit's does so at once, and so comes last."""

    def __init__(self, say: Callable[[], Awaitable[None]] | None, end: Callable[[Exception], None]) -> None:
        self._say = say
        self._end = end
        self._saying: asyncio.Future[None] | None = None

    def hang_up(self) -> None:
        """Nobody is there to hear them any more."""
        self._say = None

    def begin(self, error: Exception) -> None:
        """The service was given up, for that error."""
        if self._saying is None:
            self._saying = asyncio.ensure_future(self._say_and_end(error))

    async def _say_and_end(self, error: Exception) -> None:
        try:
            if self._say:
                await self._say()
        finally:
            self._end(error)
