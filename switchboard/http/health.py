"""Whether the web app is well, for whoever watches it."""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel

from switchboard.http.errors import LiveKitDown
from switchboard.http.rooms import Rooms

REMEMBERED_SECONDS = 1.0


class HealthAnswer(BaseModel):
    """The app answers; `livekit`: and LiveKit takes its requests."""

    status: Literal["ok"] = "ok"
    livekit: bool


class Health:
    """Asks LiveKit at most once a second, however often it is asked itself."""

    def __init__(self, rooms: Rooms, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms = rooms
        self._clock = clock
        self._known: tuple[float, bool] | None = None
        self._asking = asyncio.Lock()

    async def show(self) -> HealthAnswer:
        """Whether the web app answers, and whether LiveKit does."""
        async with self._asking:
            if self._known is None or self._clock() - self._known[0] > REMEMBERED_SECONDS:
                self._known = (self._clock(), await self._ask())
            return HealthAnswer(livekit=self._known[1])

    async def _ask(self) -> bool:
        try:
            await self._rooms.exists("health")
        except LiveKitDown:
            return False
        return True
