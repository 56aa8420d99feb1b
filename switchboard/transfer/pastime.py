"""What a caller hears who waits for a person: music, and a word now and then."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from livekit.agents import utils

from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.hold_music import music

WORD_EVERY_SECONDS = 20.0
SILENCE_SECONDS = 1.5
"""So long what comes before the music may take. While the agent talks there is none."""

Say = Callable[[str], Coroutine[Any, Any, None]]


class Pastime:
    """On the caller's `track`; `say` speaks `waiting` to them."""

    def __init__(self, track: AgentTrack, waiting: str, say: Say) -> None:
        self._track = track
        self._waiting = waiting
        self._say = say
        self._task: asyncio.Task[None] | None = None

    def play(self, after: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """After `after`, unless that lasts."""
        self._task = asyncio.create_task(self._play(after), name="pastime")

    def play_music(self) -> None:
        """No words: who is waited for has been reached."""
        self._task = asyncio.create_task(self._track.fill(music()), name="music")

    async def stop(self) -> None:
        """Silence: somebody else is to be heard."""
        task, self._task = self._task, None
        if task:
            await utils.aio.cancel_and_wait(task)

    async def _play(self, after: Callable[[], Coroutine[Any, Any, None]]) -> None:
        working = [asyncio.create_task(after(), name="before the music")]
        try:
            await asyncio.wait(working, timeout=SILENCE_SECONDS)
            working.append(asyncio.create_task(self._track.fill(music()), name="music"))
            while True:
                await asyncio.sleep(WORD_EVERY_SECONDS)
                await self._say(self._waiting)
        finally:
            await utils.aio.cancel_and_wait(*working)
