"""What a caller hears: how much of it is sound."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
from livekit import rtc
from livekit.agents import utils

from switchboard.room.voice_of import voice_of

LOUD = 600
"""A piece whose peak is above this is heard."""


class Ears:
    """Of a caller in `room`, who listens to the participant `identity`."""

    def __init__(self, room: rtc.Room, identity: str) -> None:
        self.sound = 0.0
        """Seconds of it so far."""
        self._listening = asyncio.create_task(self._listen(voice_of(room, identity)))

    async def aclose(self) -> None:
        """Listen no more."""
        await utils.aio.cancel_and_wait(self._listening)

    async def _listen(self, pieces: AsyncIterator[rtc.AudioFrame]) -> None:
        async for piece in pieces:
            if np.abs(np.frombuffer(piece.data, np.int16).astype(int)).max(initial=0) > LOUD:
                self.sound += piece.duration
