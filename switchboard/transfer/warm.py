"""Warm transfer: a person is rung and briefed while the caller waits, and joined to the caller if they accept.

The person is in a room of their own. After they have accepted, the worker carries both voices from room to room: what
is said in one cannot be heard in the other by mistake, and it works on any LiveKit server.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import structlog
from livekit import api, rtc
from livekit.agents import AgentSession, ConversationItemAddedEvent, RunContext, function_tool, llm

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.call.meter import Meter
from switchboard.ledger.events import PersonSpoke, PersonStage, PersonStep
from switchboard.ledger.mask import Mask
from switchboard.line.context import brief_text
from switchboard.line.quoted import Said, as_json
from switchboard.line.sentences import CUT_OFF, HANDED_BACK, MEANWHILE, RUNG_OFTEN, SAID, UNREACHED, WITH_YOU_AGAIN
from switchboard.line.workflow import Person, transfer_name
from switchboard.realtime import CallModel
from switchboard.room.agent_track import AgentTrack
from switchboard.room.caller import CallerRoom
from switchboard.room.voice_of import voice_of
from switchboard.services.providers import Services
from switchboard.transfer.briefing import Briefing
from switchboard.transfer.hold import Hold
from switchboard.transfer.person_phone import PERSON, Engaged, PersonPhone
from switchboard.transfer.rings import Rings
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

FIRST_SAY_SO = (
    "Before you call this, tell the caller in one short sentence that you call a colleague and they shall wait."
)
BACK: Mapping[PersonStage, str] = {"handed_back": HANDED_BACK, "cut_off": CUT_OFF}
"""How the caller came to be the agent's again, after they were with the person."""


@dataclass(frozen=True)
class CallerSide:
    """The caller of a call in a room."""

    call: Call[Any]
    session: AgentSession[Any]
    ending: Ending
    room: CallerRoom
    track: AgentTrack
    model: CallModel


class WarmTransfer:
    """Makes the tools of the persons of a line, for one call."""

    def __init__(self, services: Services, caller: CallerSide) -> None:
        self._services = services
        self._caller = caller
        self._rings = Rings(caller.call)
        self.running = False
        """The agent is out of the conversation: a person is being called, or has the caller."""
        self._typed: list[str] = []
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """The caller is taken from the person, and no other is rung: our worker stops."""
        self._stopped.set()

    def reaches(self, person: Person) -> bool:
        """Whether there is a phone to ring."""
        return bool(self._phones(person))

    def keep(self, words: str) -> None:
        """The caller has typed something while the agent is out: it learns of it when it is back."""
        self._typed.append(words)

    def tool(self, person: Person) -> llm.Tool:
        """The tool that brings `person` in. Whom it rings is not the model's to say."""

        async def transfer(
            ctx: RunContext[Call[Any]], reason: str, facts: str, tried: str
        ) -> str | llm.ToolResult | None:
            """
            Args:
                reason: Why the caller needs a person, in one sentence.
                facts: What is known so far: who calls, order numbers, what they want.
                tried: What was tried, and how it went.
            """
            departure = self._caller.call.departure
            if refusal := departure.refusal():
                return refusal
            told = map(self._caller.call.ledger.mask.text, (reason, facts, tried))
            brief = f"{self._caller.call.caller.standing}\n{brief_text(*told)}"
            with departure.to(person.name):
                if not await self._rings.spend():
                    return RUNG_OFTEN.format(name=person.name)
                return await self._transfer(person, ctx, brief)

        description = f"{person.purpose} {FIRST_SAY_SO}"
        return function_tool(transfer, name=transfer_name(person), description=description)

    def _phones(self, person: Person) -> Sequence[str]:
        return self._services.settings.phone.phones_of(person.name)

    async def _transfer(self, person: Person, ctx: RunContext[Call[Any]], brief: str) -> str | None:
        """What the agent is told when it has the caller again; None: the call is over."""
        caller = self._caller
        self.running = True
        work = asyncio.create_task(self._bring_in(caller, person, ctx, brief), name="warm transfer")
        over = asyncio.create_task(any_set(caller.ending.leaving, self._stopped))
        try:
            await asyncio.wait([work, over], return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            over.cancel()
            if not work.done():
                work.cancel()
                await asyncio.wait([work])
                _step(caller, person, "given_up")
            self.running = False

    async def _bring_in(self, caller: CallerSide, person: Person, ctx: RunContext[Call[Any]], brief: str) -> str | None:
        async with Hold(ctx, caller.track, caller.ending, person) as hold:
            for number, phone in enumerate(self._phones(person), start=1):
                attempt = Attempt(self._services, caller, person, number, hold)
                stage = await attempt.run(phone, brief)
                _step(caller, person, stage, number)
                if stage == "left":
                    caller.ending.finish("transferred")
                    return None
                if words := BACK.get(stage):
                    return _result(words, person, attempt.said, self._take_typed())
        _step(caller, person, "unreached")
        return _result(UNREACHED, person, typed=self._take_typed())

    def _take_typed(self) -> Sequence[str]:
        typed, self._typed = self._typed, []
        return typed


class Attempt:
    """One phone of a person, from its first ring until the person is done with the caller."""

    def __init__(self, services: Services, caller: CallerSide, person: Person, number: int, hold: Hold) -> None:
        self._services = services
        self._caller = caller
        self._person = person
        self._number = number
        self._hold = hold
        self.said: list[Said] = []
        """What the agent is to know of the talk between caller and person."""

    async def run(self, phone: str, brief: str) -> PersonStage:
        """How it ended. The phone is free when this returns."""
        settings = self._services.settings
        shown = settings.phone.outbound_number or self._caller.call.caller.dialed or self._caller.call.line
        try:
            ringing = partial(self._step, "ringing")
            async with PersonPhone(settings.require_livekit(), settings.phone, phone, shown, ringing) as line:
                return await self._ring(line, brief)
        except Engaged:
            return "busy"
        except (api.TwirpError, aiohttp.ClientError, rtc.ConnectError, TimeoutError) as error:
            log.warning("a person was not reached", person=self._person.name, error=type(error).__name__)
            return "failed"

    async def _ring(self, line: PersonPhone, brief: str) -> PersonStage:
        self._step("called")
        ringing = asyncio.create_task(line.ring(), name="ringing")
        person, caller = self._person, self._caller
        said = said_in(caller.session, caller.call.ledger.mask)
        meter = Meter(caller.call.ledger, lambda: person.id)
        try:
            async with Briefing(
                self._services, line, person, caller.call.line, brief, said, self._person_said, meter
            ) as briefing:
                try:
                    outcome = await ringing
                    return await self._talk(line, briefing) if outcome == "done" else outcome
                finally:
                    await line.hang_up()  # the phone is free at once; the briefing may take its time to end
        finally:
            ringing.cancel()

    async def _talk(self, line: PersonPhone, briefing: Briefing) -> PersonStage:
        self._step("answered")
        decision = await briefing.decided(self._services.settings.phone.accept_seconds)
        if decision != "accepted":
            return decision
        self._step("accepted")
        together = await self._join(line, briefing)
        if line.gone.is_set():
            return "left"
        if not together:
            return "cut_off"
        self._hold.play_music()
        await briefing.dictated()
        return "handed_back"

    async def _join(self, line: PersonPhone, briefing: Briefing) -> bool:
        """Caller and person hear each other, until the person hangs up or hands the caller back.

        False: they were cut off from one another before.
        """
        settings = self._services.settings
        takes_notes = settings.phone.takes_notes and not settings.turns.client_side
        briefing.fall_silent(takes_notes=takes_notes)
        await self._hold.stop_music()
        async with self._voices(line, briefing) as cut, self._notes(takes_notes):
            self._step("joined")
            await any_set(line.gone, briefing.finished, cut)
        return not cut.is_set()

    @asynccontextmanager
    async def _voices(self, line: PersonPhone, briefing: Briefing) -> AsyncIterator[asyncio.Event]:
        """Both are carried to the other, or the event is set: one of them is not any more."""
        room, caller = self._caller.room.room, self._caller.room.caller
        assert caller is not None
        cut = asyncio.Event()
        carried = Background(cut.set)
        carried.run(briefing.track.relay(voice_of(room, caller)), "caller to person")
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
        _step(self._caller, self._person, stage, self._number)


def said_in(session: AgentSession[Any], mask: Mask) -> list[Said]:
    """What was said in the call so far, without what was typed and what is secret."""
    spoken = [item for item in session.history.items if isinstance(item, llm.ChatMessage)]
    names = {"user": "caller", "assistant": "agent"}
    said = [(names[item.role], mask.text(item.text_content or "")) for item in spoken if item.role in names]
    return [Said(name, words) for name, words in said if words]


def _step(caller: CallerSide, person: Person, stage: PersonStage, number: int = 0) -> None:
    caller.call.ledger.write(PersonStep(agent=caller.call.agent, target=person.id, stage=stage, phone=number))


def _result(words: str, person: Person, said: Sequence[Said] = (), typed: Sequence[str] = ()) -> str:
    """What the agent is told about it."""
    told = words.format(name=person.name, again=WITH_YOU_AGAIN)
    told += SAID.format(said=f"[{', '.join(map(str, said))}]") if said else ""
    return told + (MEANWHILE.format(typed=as_json(typed)) if typed else "")
