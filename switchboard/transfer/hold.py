"""A caller on hold: they hear music and a word now and then, and the agent does not hear them."""

from typing import Any, Self

from livekit.agents import AgentSession, RunContext

from switchboard.call.ending import Ending
from switchboard.line.sentences import EXACTLY
from switchboard.line.workflow import Person
from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.pastime import Pastime


class Hold:
    """The time from the agent's call for `person` until it has the caller again, between `async with`."""

    def __init__(self, ctx: RunContext[Any], track: AgentTrack, ending: Ending, person: Person) -> None:
        self._ctx = ctx
        self._session: AgentSession[Any] = ctx.session
        self._ending = ending
        self._person = person
        self.pastime = Pastime(track, person.waiting, self._say)

    async def __aenter__(self) -> Self:
        self._ending.pause()
        self._session.input.set_audio_enabled(False)
        self.pastime.play(self._announce)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pastime.stop()
        if not self._ending.begun:
            self._session.input.set_audio_enabled(True)
            self._ending.resume()

    async def _announce(self) -> None:
        await self._ctx.wait_for_playout()
        told = any(item.type == "message" and item.role == "assistant" for item in self._ctx.speech_handle.chat_items)
        if not told:
            await self._say(self._person.calling)

    async def _say(self, words: str) -> None:
        instructions = EXACTLY.format(words=words)
        await self._session.generate_reply(instructions=instructions, tool_choice="none").wait_for_playout()
