"""A worker that stops hands its callers over to an agent of another worker, in their rooms; else it says goodbye."""

import asyncio
from contextlib import suppress
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, ConversationItemAddedEvent, UserStateChangedEvent, llm
from livekit.agents.voice.agent_activity import ActivityClosedError

from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.call.typed import Typed
from switchboard.call.typed_line import TypedLine
from switchboard.ladder.farewell import Farewell
from switchboard.ladder.phrases import Phrases
from switchboard.ledger.events import AgentSpoke
from switchboard.room.agent_track import AgentTrack
from switchboard.room.relief import Relief

NEXT = "another worker"
IDLE_SECONDS = 4.0
"""So long what is being said and done may take to end. All of a move takes less than the 15 s that LiveKit gives it."""
FETCH_SECONDS, SPEAKING_SECONDS = 1.0, 4.0
HEARING_SECONDS = 2.0
"""So long the words of a caller who speaks meanwhile are waited for."""


class Move:
    """Of one call."""

    def __init__(
        self,
        call: Call[Any],
        session: AgentSession[Any],
        ending: Ending,
        relief: Relief,
        words: str,
        phrases: Phrases,
        track: AgentTrack,
        typed: Typed,
        farewell: Farewell,
    ) -> None:
        self._call = call
        self._session = session
        self._ending = ending
        self._relief = relief
        self._words = words
        self._phrases = phrases
        self._track = track
        self._typed = typed
        self._farewell = farewell
        self.over = False
        """The agent answers nothing any more."""
        self._understood = asyncio.Event()
        """Nothing that the caller says is still to be understood."""
        self._understood.set()
        session.on("user_state_changed", self._user_state)
        session.on("conversation_item_added", self._said)

    async def make(self) -> None:
        """Have another worker take the call over, and end it here."""
        taken = asyncio.create_task(self._relief.called(), name="call the next agent")
        try:
            frames = await self._come_to_rest()
            if not await taken:
                await self._farewell.part("stopped")
                return
            self._call.departure.begin(NEXT, accompanied=True)  # for good: nobody here moves or answers them any more
            await self._ask_to_wait(frames)
            await self._hear_out()
            self._ending.finish("moved")
        finally:
            taken.cancel()

    def keep(self, line: TypedLine) -> None:
        """The caller has typed something that is the next agent's to answer."""
        self._call.ledger.write(line.spoken())

    async def _come_to_rest(self) -> list[rtc.AudioFrame]:
        """Let end what is being said and done; the words for the caller, ready to be said."""
        fetching = asyncio.create_task(self._phrases.of(self._words, FETCH_SECONDS, without_model=True))
        with suppress(TimeoutError, ActivityClosedError, RuntimeError):  # who has not started yet has nothing to end
            async with asyncio.timeout(IDLE_SECONDS):
                await self._call.departure.over.wait()
                await self._session.wait_for_idle()
        return await fetching

    async def _ask_to_wait(self, frames: list[rtc.AudioFrame]) -> None:
        if not self._track.heard.is_set():
            return
        with suppress(TimeoutError, RuntimeError):
            async with asyncio.timeout(HEARING_SECONDS):
                await self._session.interrupt()
        self._call.ledger.write(AgentSpoke(agent=self._call.agent, text=self._words))
        with suppress(TimeoutError):
            async with asyncio.timeout(SPEAKING_SECONDS):
                await self._track.say(frames)

    async def _hear_out(self) -> None:
        """What the caller says and types meanwhile is the next agent's to answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARING_SECONDS):
                await self._understood.wait()
        self.over = True
        for line in self._typed.take_back():
            self.keep(line)

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._understood.clear()

    def _said(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, llm.ChatMessage) and event.item.role == "user":
            self._understood.set()
