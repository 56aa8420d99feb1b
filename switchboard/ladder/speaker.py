"""The line's own words to a caller whom no agent has any more: heard, shown on a page, and in the ledger."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from livekit import rtc
from livekit.agents.voice.io import TextOutput

from switchboard.call.call import Call
from switchboard.ladder.phrases import Phrases
from switchboard.ledger.events import AgentSpoke
from switchboard.room.agent_track import AgentTrack
from switchboard.waiting import any_set

FETCH_SECONDS = 1.0
SPEAKING_SECONDS = 12.0
HEARING_SECONDS = 3.0
"""So long a phone that still rings may take to be answered."""


class Speaker:
    """Of one call. `track` is where the caller hears it, and `page` where it is shown; None: they read the ledger."""

    def __init__(
        self, call: Call[Any], phrases: Phrases, track: AgentTrack | None = None, page: TextOutput | None = None
    ) -> None:
        self._call = call
        self._phrases = phrases
        self._track = track
        self._page = page

    async def say(self, words: str) -> None:
        """Say it to its end, or for as long as anything may take."""
        if self._track is None:
            self._tell(words)
        else:
            await self._say(self._track, words, self.frames(words))

    async def meet(self, words: str) -> bool:
        """Say it to a caller who is there, or comes now: it is made ready meanwhile. Whether somebody was there."""
        if self._track is None:
            self._tell(words)
            return True
        frames = asyncio.create_task(self.frames(words), name="make the first words ready")
        try:
            there = await any_set(self._track.heard, seconds=HEARING_SECONDS)
            if there:
                await self._say(self._track, words, frames)
            return there
        finally:
            frames.cancel()

    async def frames(self, words: str) -> list[rtc.AudioFrame]:
        """`words` as sound; none if nobody can say them."""
        return await self._phrases.of(words, FETCH_SECONDS, without_model=True)

    async def _say(self, track: AgentTrack, words: str, frames: Awaitable[list[rtc.AudioFrame]]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SPEAKING_SECONDS):
                sound = await frames
                track.clear_buffer()
                self._tell(words)
                await self._show(words)
                await track.say(sound)

    def _tell(self, words: str) -> None:
        self._call.ledger.write(AgentSpoke(agent=self._call.agent, text=words))

    async def _show(self, words: str) -> None:
        if self._page:
            await self._page.capture_text(words)
            self._page.flush()
