import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop import callbacks
from shop.errors import SlotTakenError
from shop.models import Callback
from switchboard.database import Database
from tests.shop.rows import DAY, NOW, add_slot


async def book(database: Database, slot_id: int, key: str = "k") -> tuple[int, int]:
    """The booked callback's id and slot."""
    async with database.write() as session:
        booked = await callbacks.book(session, None, slot_id, phone="+44", topic="a refund", key=key, now=NOW)
        return booked.id, booked.slot.id


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Callback)) or 0


async def slots(database: Database, count: int = 2) -> list[int]:
    async with database.write() as session:
        return [await add_slot(session, NOW + (i + 1) * DAY) for i in range(count)]


async def test_free_are_the_slots_ahead_that_nobody_has(database: Database) -> None:
    async with database.write() as session:
        for ahead in (-DAY, timedelta(minutes=10), 2 * DAY, DAY, 3 * DAY):
            await add_slot(session, NOW + ahead)
    async with database.read() as session:
        first, second, third = await callbacks.free(session, NOW)
    await book(database, second.id)
    async with database.read() as session:
        left = await callbacks.free(session, NOW)

    assert [first.starts_at, second.starts_at, third.starts_at] == [NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY]
    assert [slot.id for slot in left] == [first.id, third.id]


async def test_a_slot_is_booked_once(database: Database) -> None:
    slot, _ = await slots(database)
    await book(database, slot, "one")
    with pytest.raises(SlotTakenError):
        await book(database, slot, "other")

    assert await rows(database) == 1


async def test_of_many_who_book_a_slot_at_once_one_gets_it(database: Database) -> None:
    slot, _ = await slots(database)
    results = await asyncio.gather(*(book(database, slot, f"k{i}") for i in range(8)), return_exceptions=True)

    assert len([result for result in results if isinstance(result, tuple)]) == 1
    assert len([result for result in results if isinstance(result, SlotTakenError)]) == 7
    assert await rows(database) == 1


async def test_booked_again_it_is_the_same_callback(database: Database) -> None:
    slot, _ = await slots(database)

    assert await book(database, slot) == await book(database, slot)
    assert await rows(database) == 1


async def test_booked_many_times_at_once_it_is_the_same_callback(database: Database) -> None:
    slot, _ = await slots(database)
    results = await asyncio.gather(*(book(database, slot) for _ in range(5)))

    assert len(set(results)) == 1
    assert await rows(database) == 1


async def test_another_slot_moves_the_callback(database: Database) -> None:
    first, second = await slots(database)
    one, _ = await book(database, first)
    other, slot = await book(database, second)
    async with database.read() as session:
        free = await callbacks.free(session, NOW)

    assert (one, second) == (other, slot)
    assert [slot.id for slot in free] == [first]


async def test_a_callback_stays_where_it_is_when_the_other_slot_is_taken(database: Database) -> None:
    first, second = await slots(database)
    await book(database, first)
    await book(database, second, "somebody else")
    with pytest.raises(SlotTakenError):
        await book(database, second)
    async with database.read() as session:
        mine = await callbacks.booked_by(session, "k")

    assert mine is not None
    assert mine.slot_id == first


async def test_a_slot_that_is_over_or_does_not_exist_cannot_be_booked(database: Database) -> None:
    async with database.write() as session:
        over = await add_slot(session, NOW - DAY)
    for slot in (over, 4711):
        with pytest.raises(SlotTakenError):
            await book(database, slot)
