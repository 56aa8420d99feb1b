"""A call that broke off goes on: with its agent, its state, its verified caller and what was said."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from livekit.agents import RunContext, function_tool, llm
from pydantic import BaseModel

from switchboard.call.call import Call, Verified
from switchboard.call.resume import Past, recall
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, EndReason, Happening, Remembered
from switchboard.line.quoted import Said
from switchboard.line.sentences import NOT_VERIFIED
from tests.stage.agents import Desk, Reception
from tests.stage.mind import texts
from tests.stage.stage import LINE, staged, with_line


class Parcel(BaseModel):
    number: int | None = None


@function_tool
async def look_up(ctx: RunContext[Call[Parcel]], thing: str) -> str:
    """Look a thing up.

    Args:
        thing: What to look up.
    """
    ctx.userdata.state.number = 10042
    ctx.userdata.caller.verified = Verified("7", "Amelia", "postcode", "write")
    return "It is on its way."


class NotingDesk(Desk):
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (look_up,)

    @classmethod
    def name(cls) -> str:
        return "desk"

    @classmethod
    def prompt_file(cls) -> Path:
        return Desk.prompt_file()


NOTING = with_line(state=Parcel, handoffs={Reception: (NotingDesk,), NotingDesk: (Reception,)}, voices={})


async def broken_off(database_url: str) -> tuple[str, list[object]]:
    async with staged(database_url, line=NOTING) as stage:
        await stage.say("to desk")
        await stage.say("look up parcel")
        return stage.conversation.call.id, list(stage.events)


async def past_of(stage_url: str, origin: str) -> Past | None:
    database = Database(stage_url)
    try:
        return await recall(database, origin, timedelta(minutes=5))
    finally:
        await database.aclose()


async def test_a_call_goes_on_with_its_agent_its_state_its_caller_and_what_was_said(database_url: str) -> None:
    call_id, _ = await broken_off(database_url)
    past = await past_of(database_url, "room")

    async with staged(database_url, line=NOTING, past=past) as stage:
        assert stage.of(Answered)[0].agent == "desk"
        assert stage.of(Answered)[0].resumes == call_id
        assert stage.conversation.call.state == Parcel(number=10042)
        assert stage.conversation.call.caller.verified == Verified("7", "Amelia", "postcode", "write")
        assert stage.conversation.call.origin == "room"
        first = stage.mind.requests[0]
        assert "connection was lost and is back" in first.extra
        assert any('{"caller": "look up parcel"}' in text and "It is on its way." in text for text in texts(first))
        assert stage.of(AgentSpoke)[0].agent == "desk"


async def test_what_is_known_is_written_down_when_it_changes_and_only_then(database_url: str) -> None:
    _, events = await broken_off(database_url)

    assert [event.state for event in events if isinstance(event, Remembered)] == [{"number": 10042}]


@pytest.mark.parametrize("origin", ["", "another room"])
async def test_an_unknown_call_is_not_taken_up(database_url: str, origin: str) -> None:
    await broken_off(database_url)

    assert await past_of(database_url, origin) is None


async def written(database_url: str, call_id: str, *events: Happening) -> None:
    """A call of origin "room" with those events."""
    database = Database(database_url)
    async with Ledger(database, call_id, "stage", "room") as ledger:
        for event in (Answered(line="stage", agent="reception", provider="simulator"), *events):
            ledger.write(event)
    await database.aclose()


@pytest.mark.parametrize("reason", ["goodbye", "silence", "maximum_length", "transferred"])
async def test_a_call_that_was_ended_for_good_is_not_taken_up(database_url: str, reason: EndReason) -> None:
    await written(database_url, "call_1", Ended(reason=reason))

    assert await past_of(database_url, "room") is None


@pytest.mark.parametrize("reason", ["caller_left", "nobody_came", "error", "stopped"])
async def test_a_call_that_ended_otherwise_is_taken_up(database_url: str, reason: EndReason) -> None:
    await written(database_url, "call_1", Ended(reason=reason))

    past = await past_of(database_url, "room")
    assert past
    assert replace(past, happened=()) == Past("call_1", "reception", {}, None, ())


async def test_of_several_calls_the_newest_is_taken_up(database_url: str) -> None:
    for call_id in ("call_2", "call_3", "call_1"):
        await written(database_url, call_id)

    past = await past_of(database_url, "room")
    assert past is not None
    assert past.call_id == "call_1"


async def test_what_the_call_knew_last_is_what_it_knows_again(database_url: str) -> None:
    verified = {"account": "7", "name": "Amelia", "by": "postcode"}
    await written(
        database_url,
        "call_1",
        Remembered(state={"number": 1}, verified=None),
        Remembered(state={"number": 2}, verified=verified),
    )

    past = await past_of(database_url, "room")
    assert past is not None
    assert (past.state, past.verified) == ({"number": 2}, Verified("7", "Amelia", "postcode"))


async def test_of_a_long_call_the_last_forty_things_that_were_said_are_told(database_url: str) -> None:
    said = [
        event
        for turn in range(25)
        for event in (CallerSpoke(text=f"question {turn}"), AgentSpoke(agent="reception", text=f"answer {turn}"))
    ]
    await written(database_url, "call_1", *said)

    past = await past_of(database_url, "room")
    assert past is not None
    assert past.said == tuple(
        said
        for turn in range(5, 25)
        for said in (Said("caller", f"question {turn}"), Said("reception", f"answer {turn}"))
    )
    assert str(past.note(NOT_VERIFIED).content[0]).splitlines()[2:] == [str(said) for said in past.said]


def test_an_agent_that_the_line_no_longer_has_is_replaced_by_its_first() -> None:
    assert LINE.agent("nobody") is Reception
