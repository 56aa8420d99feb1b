"""How often people are rung."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchboard.call.call import Call, Caller
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.budget import Purse
from switchboard.line.workflow import NoState
from switchboard.settings.schema import Desk
from switchboard.transfer import rings
from switchboard.transfer.rings import Rings

ADA = Source(address="ada's")


def call_of(
    database: Database, name: str, desk: Desk, source: Source = ADA, origin: str | None = None
) -> Call[NoState]:
    ledger = Ledger(database, name, "line")
    return Call(name, "line", NoState(), database, ledger, Caller(source=source), origin=origin, desk=desk)


async def spent(call: Call[NoState], times: int) -> list[bool]:
    counted = Rings(call)
    return [await counted.spend() for _ in range(times)]


async def test_a_call_rings_people_so_often(database: Database) -> None:
    call = call_of(database, "one", Desk(rings_per_call=2, rings_per_origin=9))

    assert await spent(call, 4) == [True, True, False, False]


async def test_whoever_calls_again_and_again_has_people_rung_so_often_in_all(database: Database) -> None:
    desk = Desk(rings_per_call=2, rings_per_origin=3)

    assert await spent(call_of(database, "one", desk), 2) == [True, True]
    assert await spent(call_of(database, "two", desk), 2) == [True, False]
    assert await spent(call_of(database, "three", desk, Source(address="ben's")), 2) == [True, True]


async def test_a_call_that_goes_on_is_still_the_same(database: Database) -> None:
    desk = Desk(rings_per_call=2, rings_per_origin=9)

    assert await spent(call_of(database, "one", desk, origin="room"), 1) == [True]
    assert await spent(call_of(database, "two", desk, origin="room"), 2) == [True, False]


async def test_where_nobody_counts_the_call_still_does(tmp_path: Path) -> None:
    without_tables = Database(f"sqlite:///{tmp_path}/empty.db")

    assert await spent(call_of(without_tables, "one", Desk(rings_per_call=2)), 3) == [True, True, False]
    await without_tables.aclose()


async def test_a_database_that_does_not_answer_in_time_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rings, "ANSWER_SECONDS", 0.1)
    call = call_of(database, "one", Desk(rings_per_call=1))
    async with database.write() as session:  # nobody else writes meanwhile
        await Purse(session, database.pseudonyms, datetime.now(UTC)).queue("rings", "address ada's")

        assert await spent(call, 2) == [True, False]
