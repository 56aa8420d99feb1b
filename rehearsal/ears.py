"""What a caller hears, and since when."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
from livekit import rtc
from livekit.agents import utils

from switchboard.room.voice_of import voice_of

LOUD = 600
"""A piece whose peak is above this is heard."""
PAUSE_SECONDS = 0.3
"""What comes after so much silence is something new."""


class Ears:
    """Of a caller in `room`, who listens to the participant `identity`."""

    def __init__(self, room: rtc.Room, identity: str) -> None:
        self.sound = 0.0
        """Seconds of it so far."""
        self._silence = PAUSE_SECONDS
        self._answer: float | None = None
        """Seconds since the answer began; None: it has not."""
        self._old = False
        """What is heard is still what was heard before."""
        self._more = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(voice_of(room, identity)))

    def begin_anew(self) -> None:
        """What began before is no answer to what is said now."""
        self._answer, self._old = None, self._silence < PAUSE_SECONDS

    async def into(self, seconds: float) -> None:
        """Wait until so many seconds of an answer have been heard."""
        while self._answer is None or self._answer < seconds:
            self._more.clear()
            await self._more.wait()

    async def aclose(self) -> None:
        """Listen no more."""
        await utils.aio.cancel_and_wait(self._listening)

    async def _listen(self, pieces: AsyncIterator[rtc.AudioFrame]) -> None:
        async for piece in pieces:
            loud = np.abs(np.frombuffer(piece.data, np.int16).astype(int)).max(initial=0) > LOUD
            self._hear(piece.duration, loud)
            self._more.set()

    def _hear(self, seconds: float, loud: bool) -> None:
        self.sound += seconds if loud else 0
        self._silence = 0 if loud else self._silence + seconds
        self._old = self._old and self._silence < PAUSE_SECONDS
        if self._answer is not None:
            self._answer += seconds
        elif loud and not self._old:
            self._answer = seconds
