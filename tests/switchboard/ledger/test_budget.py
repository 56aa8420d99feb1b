"""What may be had so often in a day, for all calls together."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from switchboard.database import Database
from switchboard.ledger.budget import Budget, Purse, SpentError
from switchboard.ledger.tables import SpentRow

TODAY = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
RINGS = Budget("rings", "wilma", 2)


async def spend(database: Database, *budgets: Budget, now: datetime = TODAY) -> None:
    async with database.write() as session:
        await Purse(session, database.pseudonyms, now).spend(budgets)


async def test_so_many_are_spent_and_no_more_until_the_day_is_over(database: Database) -> None:
    await spend(database, RINGS)
    await spend(database, RINGS)

    with pytest.raises(SpentError, match=r"^no more of rings today$") as spent:
        await spend(database, RINGS)
    assert spent.value.budget == RINGS
    await spend(database, RINGS, now=TODAY + timedelta(minutes=1))


@pytest.mark.parametrize("other", [Budget("rings", "ben", 1), Budget("callbacks", "wilma", 1)])
async def test_others_and_other_things_are_counted_by_themselves(database: Database, other: Budget) -> None:
    await spend(database, RINGS)
    await spend(database, RINGS)

    await spend(database, other)


async def test_what_cannot_all_be_had_costs_nothing_and_tells_what_there_is_no_more_of(database: Database) -> None:
    plenty, scarce = Budget("callbacks", "wilma", 5), Budget("rings", "wilma", 1)
    await spend(database, scarce)
    for _ in range(5):
        with pytest.raises(SpentError) as spent:
            await spend(database, scarce, plenty)
        assert spent.value.budget == scarce

    await spend(database, plenty)


async def test_budgets_are_spent_in_one_order_whatever_order_they_are_named_in(database: Database) -> None:
    first, second, third = (Budget(what, who, 1) for what, who in (("a", "b"), ("b", "a"), ("b", "b")))
    await spend(database, first, second, third)

    for named, wanted in (((third, second, first), first), ((third, second), second)):
        with pytest.raises(SpentError) as spent:
            await spend(database, *named)
        assert spent.value.budget == wanted


async def test_who_only_queues_spends_nothing(database: Database) -> None:
    async with database.write() as session:
        await Purse(session, database.pseudonyms, TODAY).queue("rings", "wilma")
    await spend(database, RINGS)
    await spend(database, RINGS)

    async with database.read() as session:
        row = (await session.scalars(select(SpentRow))).one()
    assert (row.times, row.day) == (2, TODAY.date())
    assert "wilma" not in row.key
