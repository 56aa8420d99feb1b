"""A call of a scenario: the line's agents, and a caller who types or speaks."""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any

from livekit.agents import SpeechCreatedEvent
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_activity import ActivityClosedError

from rehearsal.lines import Lines
from rehearsal.record import Record
from rehearsal.scenario import Turn
from rehearsal.way import Way
from switchboard.call.quiet import Quiet
from switchboard.conversation import Conversation
from switchboard.ledger.events import AgentSpoke, Event, ToolCalled


class HungError(Exception):
    """The caller waited in vain; the text says for what."""


class CallOnTrial:
    """A caller with `lines`, in a call that `record` listens to. `codes` are what was sent to them."""

    def __init__(self, conversation: Conversation, way: Way, lines: Lines, record: Record, codes: list[str]) -> None:
        self._conversation = conversation
        self._way = way
        self._lines = lines
        self._record = record
        self._codes = codes
        self._begun = False
        """The caller has said something."""
        self._heard_from = 0
        """Which event was the last one when the caller last did something."""
        self._quiet = Quiet(conversation.session, conversation.model, conversation.call.departure)
        self._speeches: list[SpeechHandle] = []
        """Answers that are under way, with the tools that are called for them."""
        conversation.session.on("speech_created", self._speaks)

    async def hold(self, *, greeted: bool = True) -> None:
        """From the greeting, or from where it is taken up, until the call is over. Raises HungError."""
        self._way.begin(self._conversation)
        await self._within(self._conversation.start(), "the call to begin")
        if greeted:
            await self._answered("the greeting")
        else:
            await self._within(self._conversation.handoffs.seated.wait(), "an agent")
        while not self._over and (turn := self._lines.next(self._heard())):
            await self._take(turn)
        if not self._over:
            self._way.hangs_up()
        await self._within(self._conversation.ending.over.wait(), "the call to end")

    def note(self, event: Event) -> None:
        """A listener of the ledger: a turn that belongs into this moment is taken now."""
        waiting = self._lines.waiting
        if self._begun and waiting and isinstance(event, ToolCalled) and event.tool == waiting.during:
            self._do(self._lines.next("") or waiting)

    @property
    def _over(self) -> bool:
        return self._conversation.ending.begun

    async def _take(self, turn: Turn) -> None:
        if turn.during:
            raise HungError(f"the agent to call {turn.during}, to speak in that moment")
        if turn.into_answer:
            raise HungError(f"an answer to speak into after {turn.into_answer:g} s")
        self._do(turn)
        if turn.hangs_up:
            await self._within(self._conversation.ending.over.wait(), "the call to end")
        elif turn.silent:
            await self._listen(turn.silent)
        else:
            await self._answered(f"an answer to {turn.told!r}")

    async def _listen(self, seconds: float) -> None:
        """Say nothing for so long, and then let whoever speaks finish."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._conversation.ending.leaving.wait(), seconds)
        await self._within(self._unless_over(self._until_still()), "the agents to be still")

    def _do(self, turn: Turn) -> None:
        self._heard_from = len(self._record.events)
        self._begun = True
        if turn.hangs_up:
            self._way.hangs_up()
        elif turn.types:
            self._way.types(turn.types)
        elif turn.says is not None:
            self._way.says(turn.says.replace("{code}", self._codes[-1] if self._codes else "{code}"))

    async def _answered(self, what: str) -> None:
        """Wait until the agents have taken in what was said, have spoken since, and are done."""
        speaking = asyncio.create_task(self._speak_into())
        try:
            await self._within(self._unless_over(self._until_answered()), what)
        finally:
            speaking.cancel()

    async def _speak_into(self) -> None:
        """What belongs into the middle of an answer is said there."""
        while (turn := self._lines.waiting) and turn.into_answer:
            await self._way.hears(turn.into_answer)
            self._do(self._lines.next("") or turn)

    async def _unless_over(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for it, or until the call is over."""
        over = asyncio.ensure_future(self._conversation.ending.over.wait())
        working = asyncio.ensure_future(work)
        try:
            await asyncio.wait([over, working], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            over.cancel()
            working.cancel()

    async def _until_answered(self) -> None:
        while not self._over:
            await self._record.until(self._is_answered)
            await self._until_still()
            if self._is_answered():  # and has not been spoken into
                return
        await self._conversation.ending.over.wait()

    def _is_answered(self) -> bool:
        return self._way.taken(self._record) and self._heard() != ""

    async def _until_still(self) -> None:
        with suppress(ActivityClosedError):  # the call is over
            await self._quiet.wait()
            while self._speeches:
                await self._speeches.pop().wait_for_playout()
                await self._quiet.wait()
        if self._over:
            await self._conversation.ending.over.wait()

    def _speaks(self, event: SpeechCreatedEvent) -> None:
        self._speeches.append(event.speech_handle)

    def _heard(self) -> str:
        """What agents have said since the caller last did something."""
        since = self._record.events[self._heard_from :]
        return " ".join(event.text for event in since if isinstance(event, AgentSpoke))

    async def _within(self, work: Awaitable[object], what: str) -> None:
        try:
            async with asyncio.timeout(self._way.patience):
                await work
        except TimeoutError:
            raise HungError(what) from None
