"""A person is rung, briefed and joined to the caller; and every way in which that does not come to pass.

The caller's phone plays a low tone and the person's a high one: what each may hear, and from when on, is measured in
their own recordings.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.recording import MINUTES, Samples, Tone, heard_for, hears_tone, likeness, record, recorded, tone_seconds
from bench.softphone import Softphone, softphone
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Ended, Event, PersonSpoke, PersonStep
from tests.browser.ledger import ended, events_when, of
from tests.phone.desk import PERSON, Desk
from tests.phone.ledger import new_origin, origins
from tests.phone.services import PhoneServices
from tests.phone.stack import NUMBER, PhoneStack

CALLER = Tone(620, MINUTES)
BRIEFING_SECONDS = 2.5
FREED_SECONDS = 2.0
UNALIKE = 0.5
"""Two sounds that have nothing to do with each other stay below, over a telephone; the same one is well above."""


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Softphone]:
    async with softphone(tmp_path / "caller", record(tmp_path / "caller.wav", [CALLER])) as phone:
        yield phone


class Case:
    """One call of one caller, with what the ledger says of it."""

    def __init__(self, services: PhoneServices, ledger: Database, phone: Softphone) -> None:
        self._services = services
        self.ledger = ledger
        self.phone = phone

    def of_another(self, phone: Softphone) -> "Case":
        """The same for another caller."""
        return Case(self._services, self.ledger, phone)

    async def asks_for_a_person(self) -> None:
        """Call, and press 0."""
        await self.calls()
        await self.phone.press("0")

    async def calls(self) -> None:
        """The call is answered."""
        known = await origins(self.ledger)
        await self.phone.dial(self._services.uri(NUMBER))
        await self.phone.until("CALL_ESTABLISHED")
        self.origin = await new_origin(self.ledger, known)

    async def until_stage(self, stage: str, phone: int | None = None) -> list[Event]:
        """The events so far, once the transfer is at this stage."""

        def reached(events: list[Event]) -> bool:
            return any(step.stage == stage and phone in (None, step.phone) for step in of(events, PersonStep))

        return await events_when(self.ledger, self.origin, reached)

    async def until_said(self, words: str) -> list[Event]:
        """The events so far, once an agent has said this."""
        return await events_when(
            self.ledger, self.origin, lambda events: any(words in spoke.text for spoke in of(events, AgentSpoke))
        )

    async def end(self) -> list[Event]:
        return await ended(self.ledger, self.origin)

    async def is_with_the_agent_again(self) -> None:
        await self.until_said("nobody could be reached")
        await self.phone.hangup()
        await self.end()


@pytest.fixture
def case(stack: PhoneStack, up: PhoneServices, ledger: Database, caller: Softphone) -> Case:
    return Case(up, ledger, caller)


def stages(events: list[Event]) -> list[tuple[str, int]]:
    return [(step.stage, step.phone) for step in of(events, PersonStep)]


def assert_nothing_leaked(caller: Softphone, person: Softphone) -> None:
    """Neither heard the other, nor the caller the briefing, which the person did hear."""
    at_the_caller, at_the_person = recorded(caller.heard), recorded(person.heard)
    assert tone_seconds(at_the_caller, PERSON) == 0
    assert tone_seconds(at_the_person, CALLER) == 0
    assert likeness(at_the_person, at_the_caller) < UNALIKE


async def briefed(case: Case, person: Softphone) -> Samples:
    """The caller has asked, the person has picked up and heard the briefing; what they heard."""
    await rung(case, person)
    await person.accept()
    await heard_for(person, BRIEFING_SECONDS)
    return recorded(person.heard)


async def rung(case: Case, person: Softphone) -> None:
    """The caller has asked, and the person's phone rings."""
    await case.asks_for_a_person()
    await person.until("CALL_INCOMING")
    await case.until_stage("ringing")


async def test_a_person_accepts_by_key_and_they_hear_each_other(case: Case, desk: Desk) -> None:
    async with desk() as person:
        briefing = await briefed(case, person)
        assert_nothing_leaked(case.phone, person)
        await person.press("1")
        await case.until_stage("joined")
        await hears_tone(person, CALLER)
        await hears_tone(case.phone, PERSON)
        await person.hangup()
        events = await case.end()

    assert likeness(briefing, recorded(case.phone.heard)) < UNALIKE
    assert [stage for stage, _ in stages(events)] == ["called", "ringing", "answered", "accepted", "joined", "left"]
    assert of(events, Ended)[0].reason == "transferred"
    assert not any("caller of Fernway" in spoke.text for spoke in of(events, AgentSpoke))


async def test_a_person_accepts_by_voice(case: Case, desk: Desk) -> None:
    async with desk(1, 5.0, "Yes, put them through.", Tone(PERSON.hertz, MINUTES)) as person:
        await briefed(case, person)
        await case.until_stage("joined")
        await hears_tone(person, CALLER)
        await hears_tone(case.phone, PERSON)
        await case.phone.hangup()
        left = await case.phone.until("CALL_CLOSED")
        closed = await person.until("CALL_CLOSED")

    assert closed.at - left.at < FREED_SECONDS
    assert of(await case.end(), Ended)[0].reason == "caller_left"


async def test_a_person_hands_the_caller_back_with_a_word(case: Case, desk: Desk) -> None:
    async with desk(1, Tone(PERSON.hertz, 14.0), "I want to speak to a real person right now.", MINUTES) as person:
        await briefed(case, person)
        await person.press("1")
        await case.until_stage("joined")
        await hears_tone(case.phone, PERSON)
        await person.press("*")
        events = await events_when(case.ledger, case.origin, lambda events: bool(of(events, PersonSpoke)))
        await person.press("*")
        await person.until("CALL_CLOSED")
        (spoke,) = of(events, PersonSpoke)
        await case.until_said(spoke.text)
        await case.phone.hangup()
        events = await case.end()

    assert stages(events)[-1] == ("handed_back", 1)
    assert tone_seconds(recorded(person.heard), CALLER) > 0


async def test_after_a_person_who_declines_the_next_phone_rings(case: Case, desk: Desk) -> None:
    async with desk() as first, desk(2) as second:
        await briefed(case, first)
        await first.press("2")
        await first.until("CALL_CLOSED")
        await second.until("CALL_INCOMING")
        await second.accept()
        await heard_for(second, BRIEFING_SECONDS)
        assert_nothing_leaked(case.phone, second)
        await second.press("1")
        await hears_tone(second, CALLER)
        await second.hangup()
        events = await case.end()

    assert ("declined", 1) in stages(events)
    assert stages(events)[-1] == ("left", 2)


async def test_when_nobody_takes_the_caller_the_agent_says_so(case: Case, desk: Desk) -> None:
    """The first phone is busy, at the second nobody answers."""
    async with desk() as first, desk(2) as second:
        await rung(case, first)
        await first.hangup()
        await second.until("CALL_INCOMING")
        await second.until("CALL_CLOSED")
        await case.is_with_the_agent_again()

    reached = stages(await case.end())
    assert ("busy", 1) in reached or ("declined", 1) in reached
    assert reached[-2:] == [("no_answer", 2), ("unreached", 0)]
    assert tone_seconds(recorded(case.phone.heard), PERSON) == 0


async def test_a_voicemail_does_not_get_the_caller(case: Case, desk: Desk) -> None:
    """Somebody answers at once and talks; the second phone is not there."""
    says = ("You have reached the shop desk. Please leave a message after the tone.", Tone(PERSON.hertz, 60.0))
    async with desk(1, *says, answers=True) as voicemail:
        await case.asks_for_a_person()
        await voicemail.until("CALL_ESTABLISHED")
        await voicemail.until("CALL_CLOSED")
        await case.is_with_the_agent_again()

    reached = [stage for stage, phone in stages(await case.end()) if phone == 1]
    assert reached[-1] in ("not_accepted", "declined")
    assert tone_seconds(recorded(voicemail.heard), CALLER) == 0
    assert tone_seconds(recorded(case.phone.heard), PERSON) == 0


async def test_after_a_person_who_hangs_up_in_the_briefing_the_next_phone_rings(case: Case, desk: Desk) -> None:
    async with desk() as first, desk(2) as second:
        await briefed(case, first)
        await first.hangup()
        await second.until("CALL_INCOMING")
        await second.hangup()
        await case.is_with_the_agent_again()

    assert ("hung_up", 1) in stages(await case.end())


async def test_a_caller_who_hangs_up_while_it_rings_frees_the_phone(case: Case, desk: Desk) -> None:
    async with desk() as person:
        await rung(case, person)
        await frees_the_phone(case, person)


async def test_a_caller_whose_leaving_livekit_loses_frees_the_phone(
    case: Case, desk: Desk, services: PhoneServices
) -> None:
    async with desk() as person:
        await case.calls()
        services.signalling.cut_off()
        await case.phone.press("0")
        await person.until("CALL_INCOMING")
        await frees_the_phone(case, person)


async def test_a_person_whose_leaving_livekit_loses_has_left(case: Case, desk: Desk, services: PhoneServices) -> None:
    async with desk() as person:
        await briefed(case, person)
        await person.press("1")
        await case.until_stage("joined")
        services.signalling.cut_off()
        await person.hangup()
        left = await person.until("CALL_CLOSED")
        closed = await case.phone.until("CALL_CLOSED")
        events = await case.end()

    assert closed.at - left.at < FREED_SECONDS
    assert of(events, Ended)[0].reason == "transferred"


async def test_a_caller_who_hangs_up_in_the_briefing_frees_the_phone(case: Case, desk: Desk) -> None:
    async with desk() as person:
        await briefed(case, person)
        await frees_the_phone(case, person)
        assert_nothing_leaked(case.phone, person)


async def frees_the_phone(case: Case, person: Softphone) -> None:
    await case.phone.hangup()
    left = await case.phone.until("CALL_CLOSED")
    closed = await person.until("CALL_CLOSED")
    events = await case.end()
    assert closed.at - left.at < FREED_SECONDS
    assert stages(events)[-1] == ("given_up", 0)
    assert of(events, Ended)[0].reason == "caller_left"


async def test_of_two_callers_who_want_the_same_person_one_gets_the_next_phone(
    case: Case, desk: Desk, tmp_path: Path
) -> None:
    says = record(tmp_path / "other.wav", [CALLER])
    async with desk() as first, desk(2) as second, softphone(tmp_path / "other", says, "+15550122") as phone:
        other = case.of_another(phone)
        await briefed(case, first)
        await first.press("1")
        await case.until_stage("joined")
        await other.asks_for_a_person()
        await second.until("CALL_INCOMING")
        await second.hangup()
        await other.is_with_the_agent_again()
        await hears_tone(first, CALLER)
        await first.hangup()
        await case.end()

    assert ("busy", 1) in stages(await other.end())
