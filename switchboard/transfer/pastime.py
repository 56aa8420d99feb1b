"""What a caller hears who waits for a person: music, and a word now and then."""

import asyncio
from collections.abc import Awaitable, Callable

from livekit.agents import utils

from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.hold_music import music

WORD_EVERY_SECONDS = 20.0

Say = Callable[[str], Awaitable[None]]


class Pastime:
    """On the caller's `track`; `say` speaks `waiting` to them."""

    def __init__(self, track: AgentTrack, waiting: str, say: Say) -> None:
        self._track = track
        self._waiting = waiting
        self._say = say
        self._task: asyncio.Task[None] | None = None

    def play(self, after: Callable[[], Awaitable[None]] | None = None) -> None:
        """From now on, or once `after` is done."""
        self._task = asyncio.create_task(self._play(after), name="pastime")

    async def stop(self) -> None:
        """Silence: somebody else is to be heard."""
        task, self._task = self._task, None
        if task:
            await utils.aio.cancel_and_wait(task)

    async def _play(self, after: Callable[[], Awaitable[None]] | None) -> None:
        if after:
            await after()
        playing = asyncio.create_task(self._track.fill(music()), name="music")
        try:
            while True:
                await asyncio.sleep(WORD_EVERY_SECONDS)
                await self._say(self._waiting)
        finally:
            playing.cancel()
