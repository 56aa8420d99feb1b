"""Whether the web app is well, for whoever watches it."""

import time
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

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._known: tuple[float, bool] | None = None

    async def show(self) -> HealthAnswer:
        """Whether the web app answers, and whether LiveKit does."""
        if self._known is None or time.monotonic() - self._known[0] > REMEMBERED_SECONDS:
            self._known = (time.monotonic(), await self._ask())
        return HealthAnswer(livekit=self._known[1])

    async def _ask(self) -> bool:
        try:
            await self._rooms.exists("health")
        except LiveKitDown:
            return False
        return True
