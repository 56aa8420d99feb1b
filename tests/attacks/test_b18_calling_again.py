"""Calling again after a call broke off: a forged number opens nothing of it, and nothing opens what was proved."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from livekit import api

from switchboard.call.again import Mark, recall_caller
from switchboard.call.resume import Past
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Ended,
    EndReason,
    HandoffDone,
    Remembered,
)
from switchboard.ledger.standing import hang_up
from switchboard.ledger.tables import CallRow
from switchboard.line.quoted import Said
from switchboard.line.sentences import BACK_AGAIN, CALLED_AGAIN, DISCLOSURE, NOT_VERIFIED
from switchboard.room.number import number_in
from tests.livekit import LiveKitServer
from tests.stage.mind import texts
from tests.stage.stage import staged
from tests.switchboard.call.test_resume import NOTING

NUMBER, SECRET = "+447700900999", "My order is about a wedding ring."
STATE = {"number": 10042}
PROVED = {"account": "7", "name": "Amelia", "by": "postcode", "strength": "write"}
SOON, ORIGIN = timedelta(minutes=10), "room"
MOVED = HandoffDone(source="reception", target="desk", arrived_ms=1, spoke_ms=1, silence_ms=1, socket_kept=True)
SIGNED_IN = Source(identity="somebody")
NOBODY = Source()


def mark_of(database: Database, source: Source = NOBODY, number: str | None = NUMBER) -> Mark:
    mark = Mark.of(database.pseudonyms, source, number)
    assert mark
    return mark


async def broke_off(database: Database, mark: Mark, reason: EndReason | None = "caller_left") -> None:
    """A call of theirs at the desk, in which they said something of their own and were verified."""
    async with Ledger(database, f"call_{reason}", "stage", ORIGIN, caller=mark.value) as ledger:
        ledger.write(Answered(line="stage", agent="reception", provider="simulator"))
        ledger.write(MOVED)
        ledger.write(CallerSpoke(text=SECRET))
        ledger.write(AgentSpoke(agent="desk", text="I see."))
        ledger.write(Remembered(state=STATE, verified=PROVED))
        if reason:
            ledger.write(Ended(reason=reason))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with aclosing(Database(database_url)) as database:
        yield database


@pytest.mark.parametrize("reason", ["caller_left", "error", "stopped", None])
async def test_the_number_leads_to_the_agent_and_opens_nothing_of_the_call(
    database: Database, reason: EndReason | None
) -> None:
    mark = mark_of(database)
    await broke_off(database, mark, reason)

    assert await recall_caller(database, mark, "stage", SOON) == Past("", "desk", {}, None, (), same=False)


async def test_who_forges_it_hears_nothing_of_it_nor_in_the_call_after(database: Database, database_url: str) -> None:
    mark = mark_of(database)
    await broke_off(database, mark)
    past = await recall_caller(database, mark, "stage", SOON)

    async with staged(database_url, line=NOTING, past=past) as stage:
        first = stage.mind.requests[0]
        assert first.extra == f"{CALLED_AGAIN} {DISCLOSURE}"
        assert texts(first) == [NOT_VERIFIED]
        assert stage.of(Answered)[0].agent == "desk"
        assert stage.of(Answered)[0].resumes is None, "the next call would go on from all of it"
        assert stage.conversation.call.state.model_dump() == {"number": None}
        assert stage.conversation.call.caller.verified is None


async def test_who_has_signed_in_goes_on_with_all_but_what_was_proved(database: Database, database_url: str) -> None:
    mark = mark_of(database, SIGNED_IN)
    await broke_off(database, mark)
    past = await recall_caller(database, mark, "stage", SOON)

    assert past
    assert (past.agent, past.state, past.verified) == ("desk", STATE, None)
    assert past.said == (Said("caller", SECRET), Said("desk", "I see."))
    async with staged(database_url, line=NOTING, past=past) as stage:
        assert stage.mind.requests[0].extra == BACK_AGAIN
        assert stage.conversation.call.caller.verified is None


@pytest.mark.parametrize("reason", ["goodbye", "silence", "maximum_length", "transferred"])
@pytest.mark.parametrize("source", [NOBODY, SIGNED_IN])
async def test_what_was_ended_for_good_is_over(database: Database, reason: EndReason, source: Source) -> None:
    mark = mark_of(database, source)
    await broke_off(database, mark, reason)

    assert await recall_caller(database, mark, "stage", SOON) is None


async def test_a_hang_up_on_the_page_is_final(database: Database) -> None:
    mark = mark_of(database, SIGNED_IN)
    await broke_off(database, mark)
    await hang_up(database, ORIGIN, ORIGIN)

    assert await recall_caller(database, mark, "stage", SOON) is None


async def test_it_is_another_callers_on_another_line_or_too_long_ago(database: Database) -> None:
    mark = mark_of(database)
    await broke_off(database, mark)

    assert await recall_caller(database, mark_of(database, number="+447700900998"), "stage", SOON) is None
    assert await recall_caller(database, mark_of(database, SIGNED_IN), "stage", SOON) is None
    assert await recall_caller(database, mark, "another", SOON) is None
    assert await recall_caller(database, mark, "stage", timedelta(0)) is None


@pytest.mark.parametrize("number", [None, "", "anonymous", "100", "sip:1234"])
def test_a_number_that_many_have_in_common_marks_nobody(database: Database, number: str | None) -> None:
    assert Mark.of(database.pseudonyms, NOBODY, number) is None


async def test_only_a_pseudonym_of_the_number_is_kept(database: Database) -> None:
    await broke_off(database, mark_of(database))

    async with database.read() as session:
        row = await session.get(CallRow, "call_caller_left")
    assert row and row.caller
    assert NUMBER.strip("+") not in row.caller


async def test_without_the_database_nobody_waits_to_be_known_again(database: Database, database_url: str) -> None:
    mark = mark_of(database)
    async with aclosing(Database(f"{database_url}.missing")) as missing:
        assert await recall_caller(missing, mark, "stage", SOON) is None


async def test_whoever_is_no_phone_has_no_number(livekit_server: LiveKitServer) -> None:
    async with livekit_server.api() as server:
        await server.room.create_room(api.CreateRoomRequest(name="nobody-on-the-phone"))
        assert await number_in(server, "nobody-on-the-phone") is None
        assert await number_in(server, "no such room") is None
