"""A caller from the web is brought a person by phone as well, and learns nothing of what is said to them."""

import json
import secrets
from collections.abc import AsyncIterator

import pytest
from livekit import api

from bench.recording import heard_for
from bench.softphone import Softphone
from switchboard.database import Database
from switchboard.ledger.events import Ended, Event, PersonStep, ToolReturned
from tests.browser.ledger import ended, events_when, of
from tests.browser.participant import EVENTS, TRANSCRIPTS, Participant, token
from tests.phone.desk import Desk
from tests.phone.stack import PhoneStack
from tests.phone.test_warm_transfer import BRIEFING_SECONDS


@pytest.fixture
async def guest(stack: PhoneStack) -> AsyncIterator[Participant]:
    """A caller in a room of their own, with an agent in it."""
    room = f"web-{secrets.token_hex(6)}"
    request = api.CreateAgentDispatchRequest(
        agent_name="switchboard", room=room, metadata=json.dumps({"line": "support-line"})
    )
    async with stack.livekit.api() as livekit:
        await livekit.agent_dispatch.create_dispatch(request)
    participant = Participant()
    await participant.room.connect(stack.livekit.url, token(room, "guest"))
    yield participant
    await participant.room.disconnect()


async def accepts(person: Softphone) -> None:
    await person.until("CALL_INCOMING")
    await person.accept()
    await heard_for(person, BRIEFING_SECONDS)
    await person.press("1")


async def test_a_web_caller_is_joined_to_a_person_and_reads_nothing_of_the_briefing(
    guest: Participant, desk: Desk, ledger: Database
) -> None:
    async with desk() as person:
        await guest.gets(TRANSCRIPTS, "Fernway")
        await guest.say("I want to speak to a person.")
        await guest.gets(EVENTS, '"state": "called"')
        await accepts(person)
        await guest.gets(EVENTS, '"to": "shop_desk"')
        origin = guest.room.name
        await person.hangup()
        await guest.put_out.wait()
        events = await ended(ledger, origin)

    assert of(events, Ended)[0].reason == "transferred"
    assert [step.stage for step in of(events, PersonStep)][-2:] == ["joined", "left"]
    read = " ".join(text for _, text in guest.got)
    assert "put them through" not in read
    assert "caller of Fernway" not in read


async def test_what_a_web_caller_types_while_the_agent_is_out_reaches_it_when_it_is_back(
    guest: Participant, desk: Desk, ledger: Database
) -> None:
    async with desk() as person, desk(2) as second:
        await guest.gets(TRANSCRIPTS, "Fernway")
        await guest.say("I want to speak to a person.")
        await person.until("CALL_INCOMING")
        await guest.say("It is urgent.")
        await person.hangup()
        await second.until("CALL_INCOMING")
        await second.hangup()
        await guest.gets(TRANSCRIPTS, "nobody could be reached")
        events = await events_when(ledger, guest.room.name, lambda events: bool(transfers(events)))

    assert "It is urgent." in transfers(events)[0].result


def transfers(events: list[Event]) -> list[ToolReturned]:
    """What the agent was told when it was back."""
    return [returned for returned in of(events, ToolReturned) if returned.tool == "transfer_to_shop_desk"]
