"""A caller on hold: they hear music and a word now and then, and the agent does not hear them."""

import asyncio
from contextlib import suppress
from typing import Any, Self

from livekit.agents import AgentSession, RunContext

from switchboard.call.ending import Ending
from switchboard.line.sentences import EXACTLY
from switchboard.line.workflow import Person
from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.hold_music import music

WORD_EVERY_SECONDS = 20.0


class Hold:
    """The time from the agent's call for `person` until it has the caller again, between `async with`."""

    def __init__(self, ctx: RunContext[Any], track: AgentTrack, ending: Ending, person: Person) -> None:
        self._ctx = ctx
        self._session: AgentSession[Any] = ctx.session
        self._track = track
        self._ending = ending
        self._person = person
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._ending.pause()
        self._session.input.set_audio_enabled(False)
        self._tasks = [asyncio.create_task(self._begin(), name="hold")]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_music()
        if not self._ending.begun:
            self._session.input.set_audio_enabled(True)
            self._ending.resume()

    def play_music(self) -> None:
        """Music from now on."""
        self._tasks = [asyncio.create_task(self._entertain(), name="hold music")]

    async def stop_music(self) -> None:
        """Silence: somebody else is to be heard."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _begin(self) -> None:
        await self._ctx.wait_for_playout()
        told = any(item.type == "message" and item.role == "assistant" for item in self._ctx.speech_handle.chat_items)
        if not told:
            await self._say(self._person.calling)
        await self._entertain()

    async def _entertain(self) -> None:
        playing = asyncio.create_task(self._track.fill(music()), name="music")
        try:
            while True:
                await asyncio.sleep(WORD_EVERY_SECONDS)
                await self._say(self._person.waiting)
        finally:
            playing.cancel()

    async def _say(self, words: str) -> None:
        instructions = EXACTLY.format(words=words)
        await self._session.generate_reply(instructions=instructions, tool_choice="none").wait_for_playout()
