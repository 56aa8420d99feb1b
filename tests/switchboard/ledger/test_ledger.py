"""The ledger: order, times, storage, faults, forgetting."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from switchboard.database import Database, Found
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event, HandoffDone, ToolCalled
from switchboard.ledger.ledger import GATHER_SECONDS
from switchboard.ledger.tables import Base, CallRow, EventRow
from switchboard.ledger.timeline import forget, timeline

EVENTS = [
    Answered(line="line", agent="greeter", provider="simulator"),
    CallerSpoke(text="Where is my order?"),
    ToolCalled(agent="support", tool="find_order", call_id="c1", arguments={"order_number": "10042", "é": [1, None]}),
    HandoffDone(source="greeter", target="support", arrived_ms=8.1, spoke_ms=None, silence_ms=None, socket_kept=True),
    AgentSpoke(agent="support", text="It comes tomorrow.", interrupted=True),
    Ended(reason="goodbye"),
]


class Answering(Database):
    """Tells that it has taken, or refused, what somebody wants to write."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answered = asyncio.Event()

    async def commit(self, work: Callable[[Session], Found]) -> Found:
        try:
            return await super().commit(work)
        finally:
            self.answered.set()


async def rows_of_calls(database: Database) -> list[tuple[object, ...]]:
    columns = (CallRow.id, CallRow.line, CallRow.origin, CallRow.started_at, CallRow.ended_at, CallRow.ended_reason)
    async with database.read() as session:
        return [tuple(row) for row in await session.execute(select(*columns).order_by(CallRow.started_at))]


async def test_events_come_back_as_they_were_written_in_order_with_two_clocks(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        written = [ledger.write(event) for event in EVENTS]

    stored = await timeline(database, "call_1")
    assert stored == written
    assert [event.seq for event in stored] == list(range(1, len(EVENTS) + 1))
    assert all(earlier.at <= later.at for earlier, later in pairwise(stored))
    assert all(event.wall and event.wall.tzinfo for event in stored)


async def test_the_time_of_an_event_counts_from_the_calls_beginning(database: Database) -> None:
    before = time.monotonic()
    async with Ledger(database, "call_1", "line") as ledger:
        first = ledger.write(EVENTS[0])
        await ledger.saved()
        second = ledger.write(EVENTS[1])

    assert 0 < first.at < second.at < time.monotonic() - before
    assert second.at - first.at > GATHER_SECONDS / 2


async def test_what_is_stored_of_an_event_stands_there_once(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        ledger.write(CallerSpoke(text="Hello."))

    async with database.read() as session:
        assert (await session.scalars(select(EventRow.body))).all() == [{"text": "Hello.", "typed": None}]


async def test_events_are_stored_while_the_call_runs(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        ledger.write(EVENTS[0])
        await ledger.saved()

        assert len(await timeline(database, "call_1")) == 1


async def test_an_unknown_call_has_no_events(database: Database) -> None:
    assert await timeline(database, "nobody") == []


async def test_a_database_that_is_busy_delays_the_storing_and_loses_nothing(database_url: str) -> None:
    database, other = Database(database_url), Database(database_url)
    async with Ledger(database, "call_1", "line") as ledger:
        async with other.write() as session:
            await session.execute(text("UPDATE calls SET line = 'busy'"))
            written = [ledger.write(event) for event in EVENTS]
            await asyncio.sleep(0)
        await ledger.saved()
    assert await timeline(database, "call_1") == written
    await database.aclose()
    await other.aclose()


async def test_a_database_without_tables_is_told_once_and_the_call_ends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.ledger.ledger.CLOSING_SECONDS", 0.3)
    monkeypatch.setattr("switchboard.ledger.ledger.RETRY_SECONDS", 0.01)
    database = Answering(f"sqlite:///{tmp_path}/empty.db")
    with capture_logs() as told:
        async with Ledger(database, "call_1", "line") as ledger:
            ledger.write(CallerSpoke(text="my secret"))
            await database.answered.wait()
            for _ in range(2):  # they wait behind the one that cannot be stored
                ledger.write(CallerSpoke(text="my secret"))
    await database.aclose()

    assert told == [
        {
            "event": "the ledger waits for the database",
            "log_level": "warning",
            "call": "call_1",
            "error": "OperationalError",
        },
        {
            "event": "call events lost: the database did not take them",
            "log_level": "error",
            "call": "call_1",
            "events": 3,
        },
    ]


class Unanswered(Database):
    """Stores, and its answer is lost on the way, once."""

    lost = False

    async def commit(self, work: Callable[[Session], Found]) -> Found:
        done = await super().commit(work)
        if not self.lost:
            self.lost = True
            raise OperationalError("COMMIT", None, ConnectionResetError())
        return done


async def test_what_was_stored_though_the_answer_was_lost_is_stored_once(database_url: str) -> None:
    database = Unanswered(database_url)
    with capture_logs() as told:
        async with Ledger(database, "call_1", "line") as ledger:
            written = [ledger.write(event) for event in EVENTS[:3]]
            await ledger.saved()
            written += [ledger.write(event) for event in EVENTS[3:]]
    assert await timeline(database, "call_1") == written
    await database.aclose()
    assert [line["event"] for line in told] == ["the ledger waits for the database"]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_an_event_that_cannot_be_stored_is_lost_alone_and_its_words_are_not_logged(
    database: Database, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    storable = Ledger._row

    def row(ledger: Ledger, event: Event) -> dict[str, object]:
        stored = storable(ledger, event)
        return stored if event.seq != place + 1 else {**stored, "body": {"text": "my secret", "at": {1, 2}}}

    monkeypatch.setattr(Ledger, "_row", row)
    with capture_logs() as told:
        async with Ledger(database, "call_1", "line") as ledger:
            written = [ledger.write(CallerSpoke(text="my secret")) for _ in range(3)]

    assert await timeline(database, "call_1") == [event for event in written if event.seq != place + 1]
    assert told == [
        {
            "event": "a call event is lost: it cannot be stored",
            "log_level": "error",
            "call": "call_1",
            "kind": "caller_spoke",
            "error": "StatementError",
        }
    ]


async def test_a_call_is_in_the_overview_from_its_first_event_to_its_last(database: Database) -> None:
    async with Ledger(database, "call_1", "line", "room") as ledger:
        first = ledger.write(EVENTS[0])
        await ledger.saved()
        assert await rows_of_calls(database) == [("call_1", "line", "room", first.wall, None, None)]

        last = ledger.write(EVENTS[-1])
    assert await rows_of_calls(database) == [("call_1", "line", "room", first.wall, last.wall, "goodbye")]


async def test_listeners_are_told_at_once_and_in_order(database: Database) -> None:
    heard: list[object] = []
    listeners = (heard.append, lambda event: heard.append(event.seq))
    async with Ledger(database, "call_1", "line", listeners=listeners) as ledger:
        written = [ledger.write(event) for event in EVENTS[:2]]

        assert heard == [written[0], 1, written[1], 2]


async def test_old_calls_are_forgotten_with_their_events_and_young_ones_stay(database: Database) -> None:
    for call_id in ("old", "young"):
        async with Ledger(database, call_id, "line") as ledger:
            ledger.write(EVENTS[0])
    async with database.write() as session:
        long_ago = datetime.now(UTC) - timedelta(days=91)
        await session.execute(text("UPDATE calls SET started_at = :at WHERE id = 'old'"), {"at": long_ago})

    assert await forget(database, datetime.now(UTC) - timedelta(days=90)) == 1
    assert await timeline(database, "old") == []
    async with database.read() as session:
        assert (await session.scalars(select(EventRow.call_id))).all() == ["young"]
    assert len(await timeline(database, "young")) == 1


async def test_the_tables_are_as_the_migrations_make_them(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        ours = {"include_object": lambda thing, name, kind, *_: kind != "table" or name in Base.metadata.tables}
        return list(compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata))

    async with database.read() as session:
        assert await (await session.connection()).run_sync(differences) == []
