"""A call of a scenario, held offline: the line's agents on a simulator, and a caller who types or speaks."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

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
        self._quiet = Quiet(conversation.session, conversation.model)
        self._speeches: list[SpeechHandle] = []
        """Answers that are under way, with the tools that are called for them."""
        conversation.session.on("speech_created", self._speaks)

    async def hold(self) -> None:
        """From the greeting until the call is over. Raises HungError."""
        self._way.begin(self._conversation)
        await self._within(self._conversation.start(), "the call to begin")
        await self._answered("the greeting")
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
        said = turn.says or turn.types or ""
        self._do(turn)
        if turn.hangs_up:
            await self._within(self._conversation.ending.over.wait(), "the call to end")
        else:
            await self._answered(f"an answer to {said!r}")

    def _do(self, turn: Turn) -> None:
        self._heard_from = len(self._record.events)
        self._begun = True
        if turn.hangs_up:
            self._way.hangs_up()
        elif turn.types:
            self._way.types(turn.types)
        else:
            self._way.says((turn.says or "").replace("{code}", self._codes[-1] if self._codes else "{code}"))

    async def _answered(self, what: str) -> None:
        """Wait until the agents have taken in what was said, have spoken since, and are done."""
        await self._within(self._all_said(), what)

    async def _all_said(self) -> None:
        over = asyncio.ensure_future(self._conversation.ending.over.wait())
        quiet = asyncio.ensure_future(self._until_quiet())
        await asyncio.wait([over, quiet], return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        quiet.cancel()
        if quiet.done() and not quiet.cancelled():
            quiet.result()

    async def _until_quiet(self) -> None:
        await self._record.until(lambda: self._way.taken(self._record) and self._heard())
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
