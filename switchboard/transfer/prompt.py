"""What a person who was rung hears while nobody speaks: a caller is waiting, and which key they are to press."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from livekit import rtc

from switchboard.room.agent_track import AgentTrack

PAUSE_SECONDS = 5.0
TICK_SECONDS = 0.1

Frames = Callable[[], Awaitable[Sequence[rtc.AudioFrame]]]


class Prompt:
    """On a `track`; `words` makes them (24 kHz, mono). `speaks`: the person does."""

    def __init__(self, track: AgentTrack, words: Frames, speaks: Callable[[], bool]) -> None:
        self._track = track
        self._words = words
        self._speaks = speaks

    async def repeat(self) -> None:
        """After each silence, until cancelled."""
        while True:
            await self._silence()
            await self._track.say(await self._words())

    async def _silence(self) -> None:
        left = PAUSE_SECONDS
        while left > 0:
            await asyncio.sleep(TICK_SECONDS)
            left = PAUSE_SECONDS if self._track.talking or self._speaks() else left - TICK_SECONDS
