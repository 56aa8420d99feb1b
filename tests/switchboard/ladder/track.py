"""The agent's track without a room: the caller counts as there, and what is played beside the agent is counted."""

import asyncio
from collections.abc import Iterable

from livekit import rtc

from switchboard.room.agent_track import AgentTrack


class Track(AgentTrack):
    """Where the caller hears it; what is played beside the agent's words is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.heard.set()
        self.words = self.cut = 0
        self.saying, self.over, self.silent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.silent.set()

    async def say(self, frames: Iterable[rtc.AudioFrame]) -> None:
        self.words += 1
        self.saying.set()
        try:
            await super().say(frames)
        except asyncio.CancelledError:
            self.cut += 1
            raise
        finally:
            self.over.set()

    async def fill(self, frames: Iterable[rtc.AudioFrame]) -> None:
        self.silent.clear()
        try:
            await super().fill(frames)
        finally:
            self.silent.set()
