"""Calls that come in by phone: answered, heard, understood; and those that are refused."""

from pathlib import Path

import pytest

from agents.escalation import Escalation
from bench.recording import MINUTES, PHONE_RATE, first_sound, heard_for, loud_seconds, pitch, record, recorded, spoken
from bench.softphone import Softphone, softphone
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event, HandoffDone
from tests.browser.ledger import ended, events_when, of
from tests.phone.ledger import new_origin, origins
from tests.phone.services import PhoneServices
from tests.phone.sipp import Sipp
from tests.phone.stack import LINE, NUMBER, PHONE, PhoneStack, phone_setup
from workflows.support_line import SUPPORT_LINE

CARTESIA = SUPPORT_LINE.voices[Escalation].id  # type: ignore[attr-defined]
NATIVE = "alloy"
PERSON = "I want to speak to a real person right now."


async def test_a_call_is_answered_and_the_greeting_heard(
    stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone
) -> None:
    known = await origins(ledger)

    await quiet.dial(up.uri(NUMBER))
    await quiet.until("CALL_ESTABLISHED")
    await heard_for(quiet, 1.0)
    await quiet.hangup()
    await quiet.until("CALL_CLOSED")

    events = await ended(ledger, await new_origin(ledger, known))
    assert of(events, Answered)[0].line == LINE
    assert of(events, Ended)[0].reason == "caller_left"
    heard = recorded(quiet.heard)
    assert loud_seconds(heard) >= 1.0
    start = first_sound(heard)
    assert start is not None and start < 2.0


async def test_spoken_words_hand_the_caller_to_an_agent_who_is_heard_in_cartesias_voice(
    stack: PhoneStack, up: PhoneServices, ledger: Database, tmp_path: Path
) -> None:
    known = await origins(ledger)
    words = record(tmp_path / "caller.wav", [7.0, PERSON, 12.0, PERSON, MINUTES])
    async with softphone(tmp_path / "phone", words) as phone:
        await phone.dial(up.uri(NUMBER))
        await phone.until("CALL_ESTABLISHED")
        origin = await new_origin(ledger, known)
        events = await events_when(ledger, origin, lambda events: bool(of(events, HandoffDone)))
        before = recorded(phone.heard)
        events = await events_when(ledger, origin, lambda events: bool(of_escalation(events)))
        after = recorded(phone.heard)[len(before) + PHONE_RATE :]  # what was said before may have been on its way
        await phone.hangup()
        await phone.until("CALL_CLOSED")

    assert "person" in of(events, CallerSpoke)[0].text
    assert of(events, HandoffDone)[0].target == "escalation"
    (said,) = of_escalation(events)[:1]
    heard = pitch(after)
    cartesia, native = pitch(spoken(said.text, CARTESIA)), pitch(spoken(said.text, NATIVE))
    assert abs(heard - cartesia) < abs(heard - native) / 2, (heard, cartesia, native)
    assert abs(pitch(before) - native) < abs(pitch(before) - cartesia)


def of_escalation(events: list[Event]) -> list[AgentSpoke]:
    return [spoke for spoke in of(events, AgentSpoke) if spoke.agent == "escalation"]


async def test_a_number_without_its_plus_is_the_same_number(
    stack: PhoneStack, up: PhoneServices, quiet: Softphone
) -> None:
    await quiet.dial(up.uri(NUMBER.lstrip("+")))

    await quiet.until("CALL_ESTABLISHED")
    await quiet.hangup()


async def test_a_wrong_number_is_refused_at_once(up: PhoneServices, quiet: Softphone) -> None:
    at = await quiet.dial(up.uri("+15559999"))

    closed = await quiet.until("CALL_CLOSED")
    assert closed.code == 486
    assert closed.at - at < 2.0


async def test_an_address_that_is_not_allowed_is_refused_at_once(services: PhoneServices, quiet: Softphone) -> None:
    async with phone_setup(services, PHONE | {"PHONE_ALLOWED_ADDRESSES": "203.0.113.7"}) as setup:
        await setup.up()
        at = await quiet.dial(services.uri(NUMBER))

        closed = await quiet.until("CALL_CLOSED")
        await setup.down()
    assert closed.code == 486
    assert closed.at - at < 2.0


async def test_an_allowed_address_cannot_be_claimed(services: PhoneServices, tmp_path: Path) -> None:
    quiet = record(tmp_path / "quiet.wav", [MINUTES])
    async with (
        phone_setup(services, PHONE | {"PHONE_ALLOWED_ADDRESSES": "203.0.113.7"}) as setup,
        softphone(tmp_path / "phone", quiet, claims="203.0.113.7") as phone,
    ):
        await setup.up()
        await phone.dial(services.uri(NUMBER))

        closed = await phone.until("CALL_CLOSED")
        await setup.down()
    assert closed.code == 486


async def test_a_claimed_network_does_not_get_past_the_sign_in(services: PhoneServices, tmp_path: Path) -> None:
    """LiveKit SIP takes the claim for the address: where there is no sign-in, it rings (docs/upstream.md, report 5)."""
    digest = {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "right-password"}
    allowed = {"PHONE_ALLOWED_ADDRESSES": "203.0.113.0/24"}
    stranger = Sipp("claims", services.uri(NUMBER), tmp_path)
    async with phone_setup(services, PHONE | digest | allowed) as setup:
        await setup.up()
        assert await stranger.run()
        await setup.down()

    ((code, _),) = stranger.calls.finals
    assert code == 407  # it is asked to sign in


@pytest.mark.parametrize(("username", "password"), [("carrier", "wrong"), ("other", "right-password"), ("", "")])
async def test_a_wrong_password_is_refused(
    services: PhoneServices, tmp_path: Path, username: str, password: str
) -> None:
    quiet = record(tmp_path / "quiet.wav", [MINUTES])
    digest = {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "right-password"}
    async with (
        phone_setup(services, PHONE | digest) as setup,
        softphone(tmp_path / "phone", quiet, username=username, password=password) as phone,
    ):
        await setup.up()
        await phone.dial(services.uri(NUMBER))

        closed = await phone.until("CALL_CLOSED")
        await setup.down()
    assert closed.code == 401


async def test_the_right_password_is_let_in(stack: PhoneStack, services: PhoneServices, tmp_path: Path) -> None:
    quiet = record(tmp_path / "quiet.wav", [MINUTES])
    digest = {"PHONE_USERNAME": "carrier", "PHONE_PASSWORD": "right-password"}
    async with (
        phone_setup(services, PHONE | digest) as setup,
        softphone(tmp_path / "phone", quiet, username="carrier", password="right-password") as phone,
    ):
        await setup.up()
        await phone.dial(services.uri(NUMBER))

        await phone.until("CALL_ESTABLISHED")
        await setup.down()
        await phone.hangup()


@pytest.mark.timeout(60)
async def test_a_call_that_no_agent_takes_is_told_so_after_the_ringing_time(
    services: PhoneServices, quiet: Softphone
) -> None:
    async with phone_setup(services, PHONE, agent="nobody") as setup:
        await setup.up()
        at = await quiet.dial(services.uri(NUMBER))

        closed = await quiet.until("CALL_CLOSED", seconds=25)
        await setup.down()
    assert closed.code == 486
    assert 14 < closed.at - at < 20
