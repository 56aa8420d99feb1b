"""Calls of workers that are gone: for the list, one call, its filter and *Now* the same ones are lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.database import Database
from switchboard.ledger.prices import Prices
from switchboard.ledger.tables import CallRow, WorkerRow
from switchboard.operate.board import LOST_FOR, Board
from switchboard.operate.filter import Filter
from switchboard.operate.find import find
from switchboard.operate.story import story
from tests.switchboard.operate.made import answered, bare_call

LATELY, LONG_AGO = timedelta(seconds=5), timedelta(seconds=30)
WORKERS = {"here": LATELY, "silent": LONG_AGO}
"""When they last said that they are there; the worker "gone" has no row."""


@pytest.fixture
async def calls(database: Database) -> AsyncIterator[Database]:
    """A call for each worker and each time at which it was last heard of: "silent, lately" and so on."""
    now = datetime.now(UTC)
    async with database.write() as session:
        session.add_all(WorkerRow(id=name, calls=1, most=1, seen_at=now - ago) for name, ago in WORKERS.items())
    for worker in ("here", "silent", "gone", None):
        for heard, ago in (("lately", LATELY), ("long ago", LONG_AGO)):
            await bare_call(database, f"{worker}, {heard}", answered(), worker=worker, began=now - ago)
    await bare_call(database, "over", answered(), worker="gone", began=now - LONG_AGO, seconds=1)
    async with database.write() as session:
        session.add(CallRow(id="no event", line="support-line", started_at=now - LONG_AGO, worker="gone"))
    yield database


LOST = {"silent, long ago", "gone, long ago", "no event"}
"""Who is not there for the database may be there for the caller: a call that is heard of is not lost."""
RUNNING = {"here, lately", "here, long ago", "silent, lately", "gone, lately", "None, lately", "None, long ago"}


async def test_a_call_is_lost_when_neither_its_worker_nor_itself_was_heard_of(calls: Database) -> None:
    outcomes = {each.id: each.outcome for each in (await find(calls, Filter())).calls}

    assert outcomes == {"over": "goodbye"} | dict.fromkeys(LOST, "lost") | dict.fromkeys(RUNNING)


@pytest.mark.parametrize(("outcome", "expected"), [("lost", LOST), ("running", RUNNING), ("goodbye", {"over"})])
async def test_lost_calls_are_found_as_such_and_not_among_those_that_run(
    calls: Database, outcome: str, expected: set[str]
) -> None:
    assert {each.id for each in (await find(calls, Filter(outcome=outcome))).calls} == expected


async def test_its_own_page_and_now_say_the_same(calls: Database) -> None:
    told = {call: await story(calls, call, Prices(()), {}) for call in LOST | RUNNING}
    board = Board(calls, {})
    await board.read_calls(None)

    assert {call for call, one in told.items() if one and one.call.outcome == "lost"} == LOST
    assert {call.id for call in board.calls.values() if call.lost} == LOST
    assert await board.read_workers() == []


async def test_a_call_that_was_lost_long_ago_is_not_on_now(database: Database) -> None:
    began = datetime.now(UTC) - LOST_FOR - LONG_AGO
    await bare_call(database, "call_1", answered(), worker="gone", began=began)
    board = Board(database, {})

    for only in (None, {"call_1"}):
        assert await board.read_calls(only) == []
    assert not board.calls
