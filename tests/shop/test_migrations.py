from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, func, inspect, select
from sqlalchemy.exc import IntegrityError, StatementError

from shop.models import Base, CallbackSlot
from switchboard.database import Database


def difference(connection: Connection) -> list[object]:
    """What alembic would still change among the shop's tables."""
    ours = Base.metadata.tables

    def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours

    context = MigrationContext.configure(connection, opts={"include_object": include, "compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def checks(connection: Connection) -> dict[str, set[str | None]]:
    found = inspect(connection)
    return {table: {check["name"] for check in found.get_check_constraints(table)} for table in Base.metadata.tables}


async def test_the_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    async with database.read() as session:
        assert await (await session.connection()).run_sync(difference) == []


async def test_the_migrations_make_the_checks_that_the_models_describe(database: Database) -> None:
    described = {
        name: {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        for name, table in Base.metadata.tables.items()
    }
    async with database.read() as session:
        assert described == await (await session.connection()).run_sync(checks)


async def test_a_time_comes_back_in_utc_with_its_zone(database: Database) -> None:
    paris = datetime(2025, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    async with database.write() as session:
        session.add(CallbackSlot(starts_at=paris))
    async with database.read() as session:
        read = await session.scalar(select(CallbackSlot.starts_at))

    assert read == datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
    assert read is not None
    assert read.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="needs its zone"):
        async with database.write() as session:
            session.add(CallbackSlot(starts_at=datetime(2025, 11, 24, 9, 30)))  # noqa: DTZ001


async def test_a_constraint_that_is_broken_undoes_the_whole_transaction(database: Database) -> None:
    at = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add_all([CallbackSlot(starts_at=at), CallbackSlot(starts_at=at)])
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(CallbackSlot)) == 0
