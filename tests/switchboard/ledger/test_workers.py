"""Workers say that they are alive."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from switchboard.database import Database
from switchboard.ledger import workers
from switchboard.ledger.tables import WorkerRow
from switchboard.ledger.workers import Beat
from tests.switchboard.http.house import eventually


async def rows(database: Database) -> list[tuple[str, int, int]]:
    async with database.read() as session:
        return [
            (row.id, row.calls, row.most) for row in await session.scalars(select(WorkerRow).order_by(WorkerRow.id))
        ]


async def test_a_worker_has_a_row_while_it_lasts(database: Database) -> None:
    async with Beat(database, "a", lambda: 3, 20), Beat(database, "b", lambda: 0, 10):

        async def both() -> bool:
            return await rows(database) == [("a", 3, 20), ("b", 0, 10)]

        await eventually(both)
        async with database.read() as session:
            seen = await session.scalar(select(WorkerRow.seen_at).where(WorkerRow.id == "a"))
        assert seen is not None
        assert abs(datetime.now(UTC) - seen) < timedelta(seconds=20)
    assert await rows(database) == []


async def test_it_tells_how_full_it_is_again_and_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS", 0.01)
    calls = 1
    async with Beat(database, "a", lambda: calls, 20):
        calls = 7

        async def seven() -> bool:
            return await rows(database) == [("a", 7, 20)]

        await eventually(seven)


async def test_the_row_of_a_worker_that_was_killed_goes_in_the_end(database: Database) -> None:
    async with database.write() as session:
        long_ago = datetime.now(UTC) - timedelta(days=2)
        await session.execute(insert(WorkerRow).values(id="dead", calls=1, most=20, seen_at=long_ago))
    async with Beat(database, "a", lambda: 0, 20):

        async def alone() -> bool:
            return await rows(database) == [("a", 0, 20)]

        await eventually(alone)


async def test_a_database_that_is_away_costs_nothing_but_the_row() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    async with Beat(nowhere, "a", lambda: 0, 20):
        await asyncio.sleep(0)
    await nowhere.aclose()
