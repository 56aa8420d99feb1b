from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop import customers, returns
from shop.demo import CANCELLABLE, DEMO_ORDERS, ON_ITS_WAY, RETURNABLE, TOO_LATE
from shop.models import Base, Callback, CallbackSlot, Customer, Order, OrderStatus, Return, ReturnStatus
from shop.orders import CANCELLABLE as CANCELLABLE_STATUSES
from shop.seed import seed
from switchboard.calendar import day_of, local
from switchboard.database import Database
from tests.shop.rows import DAY, NOW

TIMES = [
    NOW,
    datetime(2025, 3, 30, 0, 15, tzinfo=UTC),  # the night the clocks go forward
    datetime(2025, 7, 5, 22, 50, tzinfo=UTC),  # a Saturday, nearly midnight in London
    datetime(2026, 1, 1, 13, 0, tzinfo=UTC),
]


async def contents(session: AsyncSession) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in await session.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


async def order(session: AsyncSession, number: int) -> Order:
    return await session.get_one(Order, number)


async def test_seeding_fills_the_shop_and_says_so(database: Database) -> None:
    async with database.write() as session:
        done = await seed(session, NOW)

    assert str(done).startswith("Added 50 customers, 200 orders, ")
    async with database.read() as session:
        assert (await session.scalars(select(Order.number).order_by(Order.number))).all() == list(range(10001, 10201))
        assert len((await session.scalars(select(Customer.id))).all()) == 50


async def test_seeding_again_changes_nothing_and_says_so(seeded: Database) -> None:
    async with seeded.read() as session:
        before = await contents(session)
    async with seeded.write() as session:
        done = await seed(session, NOW)
    async with seeded.read() as session:
        assert await contents(session) == before

    assert str(done) == "Nothing to add: the shop is filled already."


async def test_seeding_again_later_adds_nothing_but_new_times_for_callbacks(seeded: Database) -> None:
    async with seeded.read() as session:
        before = await contents(session)
    async with seeded.write() as session:
        done = await seed(session, NOW + 3 * DAY)
    async with seeded.read() as session:
        after = await contents(session)

    assert str(done) == "Added 18 callback slots."
    assert len(after.pop("callback_slots")) == len(before.pop("callback_slots")) + 18
    assert after == before


async def test_the_same_now_gives_the_same_shop(database: Database, seeded: Database) -> None:
    async with database.write() as session:
        await seed(session, NOW)
        one = await contents(session)
    async with seeded.read() as session:
        assert await contents(session) == one


@pytest.mark.parametrize("now", TIMES)
async def test_whatever_the_time_there_are_orders_in_every_state(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await seed(session, now)
    async with database.read() as session:
        states = Counter(await session.scalars(select(Order.status)))
        kinds = set(await session.scalars(select(Return.status)))

    assert set(states) == set(OrderStatus)
    assert kinds == set(ReturnStatus)


@pytest.mark.parametrize("now", TIMES)
async def test_whatever_the_time_an_orders_life_is_in_order_and_past(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await seed(session, now)
    async with database.read() as session:
        orders = (await session.scalars(select(Order).order_by(Order.number))).all()
    placed = [order.placed_at for order in orders]

    assert placed == sorted(placed)
    for one in orders:
        moments = [one.placed_at, one.paid_at, one.packed_at, one.shipped_at, one.delivered_at, one.cancelled_at]
        passed = [moment for moment in moments if moment]
        assert passed == sorted(passed), one.number
        assert passed[-1] <= now, one.number
        assert one.lines
        for entry in (r for line in one.lines for r in line.returns):
            assert one.delivered_at is not None
            assert one.delivered_at < entry.opened_at <= (entry.closed_at or now) <= now


@pytest.mark.parametrize("now", TIMES)
async def test_whatever_the_time_the_known_orders_are_as_the_documentation_says(
    database: Database, now: datetime
) -> None:
    async with database.write() as session:
        await seed(session, now)
    async with database.read() as session:
        for demo in DEMO_ORDERS:
            owner = await customers.identify(session, postcode=demo.customer.postcode, order_number=demo.number)
            assert owner is not None
            assert owner.email == demo.customer.email
        on_its_way = await order(session, ON_ITS_WAY.number)
        returnable, too_late = await order(session, RETURNABLE.number), await order(session, TOO_LATE.number)
        cancellable = await order(session, CANCELLABLE.number)

    assert (ON_ITS_WAY.number, ON_ITS_WAY.customer.postcode) == (10042, "SW1A 2AA")
    assert on_its_way.status == OrderStatus.SHIPPED
    assert on_its_way.expected_on == day_of(now) + timedelta(days=1)
    assert returns.deadline(returnable) == day_of(now) + timedelta(days=20)
    assert returns.deadline(too_late) == day_of(now) - timedelta(days=15)
    assert cancellable.status in CANCELLABLE_STATUSES


@pytest.mark.parametrize("now", TIMES)
async def test_whatever_the_time_there_are_free_callbacks_in_working_hours(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await seed(session, now)
    async with database.read() as session:
        starts = (await session.scalars(select(CallbackSlot.starts_at))).all()
        booked = (await session.scalars(select(Callback.slot_id))).all()

    assert len(starts) - len(booked) >= 30
    assert len(booked) >= 3
    for at in map(local, starts):
        assert at > now
        assert at.weekday() < 5
        assert 9 <= at.hour < 17


async def test_every_customer_has_a_postcode_and_an_address_of_their_own(seeded: Database) -> None:
    async with seeded.read() as session:
        everybody = (await session.scalars(select(Customer))).all()

    assert len({customer.postcode for customer in everybody}) == 50
    assert len({customer.phone for customer in everybody}) == 50
    assert all(customer.email == customer.email.lower() for customer in everybody)
