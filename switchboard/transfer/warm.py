"""Warm transfer: a person is rung and briefed while the caller waits, and joined to the caller if they accept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from livekit.agents import AgentSession, RunContext, function_tool, llm

from switchboard.call.call import Call
from switchboard.call.meter import Meter
from switchboard.call.typed_line import TypedLine
from switchboard.ledger.events import PersonStage
from switchboard.ledger.mask import Mask
from switchboard.line.context import brief_text
from switchboard.line.quoted import Said, as_json
from switchboard.line.sentences import CUT_OFF, HANDED_BACK, MEANWHILE, RUNG_OFTEN, SAID, UNREACHED, WITH_YOU_AGAIN
from switchboard.line.workflow import Person, transfer_name
from switchboard.services.providers import Services
from switchboard.transfer.attempt import Attempt
from switchboard.transfer.briefing import Briefing
from switchboard.transfer.caller_side import CallerSide
from switchboard.transfer.hold import Hold
from switchboard.transfer.person_phone import PersonPhone
from switchboard.transfer.prompt import Frames
from switchboard.transfer.rings import Rings
from switchboard.transfer.talk import TalkWith
from switchboard.waiting import any_set

FIRST_SAY_SO = (
    "Before you call this, tell the caller in one short sentence that you call a colleague and they shall wait."
)
BACK: Mapping[PersonStage, str] = {"handed_back": HANDED_BACK, "cut_off": CUT_OFF}
"""How the caller came to be the agent's again, after they were with the person."""


class WarmTransfer:
    """Makes the tools of the persons of a line, for one call.

    `take` is what a person hears whom nobody briefs: that a caller waits, and what to press.
    """

    def __init__(self, services: Services, caller: CallerSide, take: Frames) -> None:
        self._services = services
        self._caller = caller
        self._take = take
        self.rings = Rings(caller.call)
        self.idle = asyncio.Event()
        self.idle.set()
        self._typed: list[TypedLine] = []
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """The caller is taken from the person, and no other is rung: our worker stops."""
        self._stopped.set()

    @property
    def running(self) -> bool:
        """The agent is out of the conversation: a person is being called, or has the caller."""
        return not self.idle.is_set()

    def reaches(self, person: Person) -> bool:
        """Whether there is a phone to ring."""
        return bool(self._phones(person))

    def keep(self, line: TypedLine) -> None:
        """The caller has typed something while the agent is out: it learns of it when it is back."""
        self._typed.append(line)

    def take_back(self) -> list[TypedLine]:
        """What the agent has not learned of."""
        typed, self._typed = self._typed, []
        return typed

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
                if not await self.rings.spend():
                    return RUNG_OFTEN.format(name=person.name)
                return await self._transfer(person, ctx, brief)

        description = f"{person.purpose} {FIRST_SAY_SO}"
        return function_tool(transfer, name=transfer_name(person), description=description)

    def _phones(self, person: Person) -> Sequence[str]:
        return self._services.settings.phone.phones_of(person.name)

    async def _transfer(self, person: Person, ctx: RunContext[Call[Any]], brief: str) -> str | None:
        """What the agent is told when it has the caller again; None: the call is over."""
        caller = self._caller
        self.idle.clear()
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
                caller.step(person, "given_up")
            self.idle.set()

    async def _bring_in(self, caller: CallerSide, person: Person, ctx: RunContext[Call[Any]], brief: str) -> str | None:
        async with Hold(ctx, caller.track, caller.ending, person) as hold:
            for number, phone in enumerate(self._phones(person), start=1):
                attempt = Attempt(
                    self._services.settings, caller, person, number, hold.pastime, self._briefed(person, brief)
                )
                stage = await attempt.run(phone)
                caller.step(person, stage, number)
                if stage == "left":
                    caller.ending.finish("transferred")
                    return None
                if words := BACK.get(stage):
                    return _result(words, person, attempt.said, self._take_typed())
        caller.step(person, "unreached")
        return _result(UNREACHED, person, typed=self._take_typed())

    def _briefed(self, person: Person, brief: str) -> TalkWith:
        def briefing(line: PersonPhone, on_said: Callable[[str], None]) -> Briefing:
            call, services = self._caller.call, self._services
            said = said_in(self._caller.session, call.ledger.mask)
            meter = Meter(call.ledger, lambda: person.id)
            return Briefing(services, line, person, call.line, brief, said, self._take, on_said, meter)

        return briefing

    def _take_typed(self) -> Sequence[str]:
        lines = self.take_back()
        for line in lines:
            self._caller.call.ledger.write(line.spoken())
        return [line.text for line in lines]


def said_in(session: AgentSession[Any], mask: Mask) -> list[Said]:
    """What was said in the call so far, without what was typed and what is secret."""
    spoken = [item for item in session.history.items if isinstance(item, llm.ChatMessage)]
    names = {"user": "caller", "assistant": "agent"}
    said = [(names[item.role], mask.text(item.text_content or "")) for item in spoken if item.role in names]
    return [Said(name, words) for name, words in said if words]


def _result(words: str, person: Person, said: Sequence[Said] = (), typed: Sequence[str] = ()) -> str:
    """What the agent is told about it."""
    told = words.format(name=person.name, again=WITH_YOU_AGAIN)
    told += SAID.format(said=f"[{', '.join(map(str, said))}]") if said else ""
    return told + (MEANWHILE.format(typed=as_json(typed)) if typed else "")
