"""The last words of a call whose service does not come back, by whatever voice there is, and then its end."""

import asyncio
from contextlib import suppress
from typing import Any

from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.ladder.phrases import Phrases
from switchboard.ledger.events import AgentSpoke, EndReason
from switchboard.room.agent_track import AgentTrack
from switchboard.waiting import any_set

FETCH_SECONDS = 1.0
SPEAKING_SECONDS = 12.0
HEARING_SECONDS = 3.0
"""So long a phone that still rings may take to be answered."""


class Farewell:
    """Of one call. `track` is where the caller hears it; None: they read."""

    def __init__(self, call: Call[Any], ending: Ending, words: str, phrases: Phrases, track: AgentTrack | None) -> None:
        self._call = call
        self._ending = ending
        self._words = words
        self._phrases = phrases
        self._track = track

    async def say(self, reason: EndReason = "unserved") -> None:
        """Say it, if the call is not over already, and end the call for that reason."""
        if self._ending.begun:
            return
        if self._track is None:
            self._tell()
        elif await any_set(self._track.heard, seconds=HEARING_SECONDS):
            with suppress(TimeoutError):
                async with asyncio.timeout(SPEAKING_SECONDS):
                    await self._speak(self._track)
        self._ending.finish(reason)

    async def _speak(self, track: AgentTrack) -> None:
        frames = await self._phrases.of(self._words, FETCH_SECONDS, without_model=True)
        track.clear_buffer()
        self._tell()
        await track.say(frames)

    def _tell(self) -> None:
        self._call.ledger.write(AgentSpoke(agent=self._call.agent, text=self._words))
