"""One phone of a person who is rung for a caller, with a talk led by whoever is there to lead it.

The person is in a room of their own. After they have accepted, the worker carries both voices from room to room: what
is said in one cannot be heard in the other by mistake, and it works on any LiveKit server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp
import structlog
from livekit import api, rtc
from livekit.agents import ConversationItemAddedEvent, llm

from switchboard.background import Background
from switchboard.ledger.events import PersonSpoke, PersonStage
from switchboard.line.quoted import Said
from switchboard.line.workflow import Person
from switchboard.room.voice_of import voice_of
from switchboard.settings.schema import Settings
from switchboard.transfer.caller_side import CallerSide
from switchboard.transfer.pastime import Pastime
from switchboard.transfer.person_phone import PERSON, Engaged, PersonPhone
from switchboard.transfer.talk import Talk, TalkWith
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

READY_SECONDS = 10.0
"""For the briefing to be there; else a caller would wait for as long as LiveKit does not publish its track."""


class Attempt:
    """One phone of a person, from its first ring until the person is done with the caller."""

    def __init__(
        self, settings: Settings, caller: CallerSide, person: Person, number: int, pastime: Pastime, talk_with: TalkWith
    ) -> None:
        self._settings = settings
        self._caller = caller
        self._person = person
        self._number = number
        self._pastime = pastime
        self._talk_with = talk_with
        self.said: list[Said] = []
        """What the agent is to know of the talk between caller and person."""

    async def run(self, phone: str) -> PersonStage:
        """How it ended. The phone is free when this returns."""
        settings = self._settings
        shown = settings.phone.outbound_number or self._caller.call.caller.dialed or self._caller.call.line
        try:
            ringing = partial(self._step, "ringing")
            async with PersonPhone(settings.require_livekit(), settings.phone, phone, shown, ringing) as line:
                return await self._ring(line)
        except Engaged:
            return "busy"
        except (api.TwirpError, aiohttp.ClientError, rtc.ConnectError, TimeoutError) as error:
            log.warning("a person was not reached", person=self._person.name, error=type(error).__name__)
            return "failed"

    async def _ring(self, line: PersonPhone) -> PersonStage:
        self._step("called")
        ringing = asyncio.create_task(line.ring(), name="ringing")
        try:
            async with self._ready(line) as talk:
                try:
                    outcome = await ringing
                    return await self._talk(line, talk) if outcome == "done" else outcome
                finally:
                    await line.hang_up()  # the phone is free at once; the talk may take its time to end
        finally:
            ringing.cancel()

    @asynccontextmanager
    async def _ready(self, line: PersonPhone) -> AsyncIterator[Talk]:
        """The talk, ready for the person to answer. Raises `TimeoutError` when it does not get ready."""
        async with AsyncExitStack() as opened:
            async with asyncio.timeout(READY_SECONDS):
                talk = await opened.enter_async_context(self._talk_with(line, self._person_said))
            yield talk

    async def _talk(self, line: PersonPhone, talk: Talk) -> PersonStage:
        self._step("answered")
        decision = await talk.decided(self._settings.phone.accept_seconds)
        if decision != "accepted":
            return decision
        self._step("accepted")
        together = await self._join(line, talk)
        if line.gone.is_set():
            return "left"
        if not together:
            return "cut_off"
        self._pastime.play_music()
        await talk.dictated()
        return "handed_back"

    async def _join(self, line: PersonPhone, talk: Talk) -> bool:
        """Caller and person hear each other, until the person hangs up or hands the caller back.

        False: they were cut off from one another before.
        """
        talk.fall_silent()
        await self._pastime.stop()
        async with self._voices(line, talk) as cut, self._notes(talk.takes_notes):
            self._step("joined")
            await any_set(line.gone, talk.finished, cut)
        return not cut.is_set()

    @asynccontextmanager
    async def _voices(self, line: PersonPhone, talk: Talk) -> AsyncIterator[asyncio.Event]:
        """Both are carried to the other, or the event is set: one of them is not any more."""
        room, caller = self._caller.room.room, self._caller.room.caller
        assert caller is not None
        cut = asyncio.Event()
        carried = Background(cut.set)
        carried.run(talk.track.relay(voice_of(room, caller)), "caller to person")
        carried.run(self._caller.track.relay(voice_of(line.room, PERSON)), "person to caller")
        try:
            yield cut
        finally:
            await carried.aclose()

    @asynccontextmanager
    async def _notes(self, wanted: bool) -> AsyncIterator[None]:
        """What the caller says is written down, and nobody answers."""
        if not wanted:
            yield
            return
        session, realtime = self._caller.session, self._caller.model.live
        realtime.listen_only(True)
        session.on("conversation_item_added", self._caller_said)
        session.input.set_audio_enabled(True)
        try:
            yield
        finally:
            session.input.set_audio_enabled(False)
            session.off("conversation_item_added", self._caller_said)
            realtime.listen_only(False)

    def _caller_said(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, llm.ChatMessage) and item.role == "user" and item.text_content:
            self.said.append(Said("caller", item.text_content))

    def _person_said(self, words: str) -> None:
        self.said.append(Said(self._person.name, words))
        self._caller.call.ledger.write(PersonSpoke(target=self._person.id, text=words))

    def _step(self, stage: PersonStage) -> None:
        self._caller.step(self._person, stage, self._number)
