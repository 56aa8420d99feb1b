"""Callers who found no place are counted, and nobody waits for that."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from switchboard.database import Database
from switchboard.ledger.tables import SpentRow
from switchboard.ledger.turned_away import TurnedAway, turned_away


async def counted(counting: TurnedAway) -> None:
    """All that was noted is written, or given up."""
    await asyncio.gather(*counting._background._tasks)


async def count_in(database: Database) -> int:
    return await database.look(turned_away, datetime.now(UTC).date())


async def test_those_who_are_turned_away_from_several_places_are_one_sum(database: Database) -> None:
    assert await count_in(database) == 0
    async with aclosing(TurnedAway(database)) as worker, aclosing(TurnedAway(database)) as web:
        for _ in range(20):
            worker.note()
            web.note()
        await counted(worker)
        web.note()
        await counted(web)

    assert await count_in(database) == 41
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(SpentRow)) == 1


async def test_a_database_that_is_away_costs_the_count_and_nothing_else(
    tmp_path: Path, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    async with aclosing(Database(f"sqlite:///{tmp_path / 'nothing' / 'here.db'}")) as away:
        counting = TurnedAway(away)
        counting.note()
        await counted(counting)
        counting.note()  # it is tried again
        await counted(counting)

    assert capfd.readouterr().out.count("callers who were turned away are not counted") == 2
