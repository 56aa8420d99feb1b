import asyncio

import pytest

from shop import orders
from shop.customers import Account
from shop.errors import NotCancellableError, OrderNotFoundError
from shop.models import Order, OrderStatus
from switchboard.database import Database
from tests.shop.rows import DAY, NOW, add_customer, add_order


async def test_an_order_comes_with_its_lines_and_its_total(database: Database) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, products=("desk lamp", "jute rug"))
    async with database.read() as session:
        order = await orders.find(session, account, 10001)

    assert [line.product for line in order.lines] == ["desk lamp", "jute rug"]
    assert order.total_cents == 2 * 1250 + 395
    assert order.currency == "GBP"


async def test_the_order_of_another_account_is_not_found(database: Database) -> None:
    async with database.write() as session:
        await add_order(session, await add_customer(session))
        stranger = await add_customer(session, "bob")
        with pytest.raises(OrderNotFoundError):
            await orders.find(session, stranger, 10001)
        with pytest.raises(OrderNotFoundError):
            await orders.cancel(session, stranger, 10001, key="k", now=NOW)


async def test_recent_orders_are_the_accounts_own_newest_first(database: Database) -> None:
    async with database.write() as session:
        account, stranger = await add_customer(session), await add_customer(session, "bob")
        for i in range(5):
            order = await add_order(session, account, number=10001 + i)
            order.placed_at = NOW - (5 - i) * DAY
        await add_order(session, stranger, number=10050)
    async with database.read() as session:
        found = await orders.recent(session, account)

    assert [order.number for order in found] == [10005, 10004, 10003]


@pytest.mark.parametrize("status", sorted(orders.CANCELLABLE))
async def test_an_order_that_has_not_been_shipped_is_cancelled(database: Database, status: OrderStatus) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, status=status)
    async with database.write() as session:
        await orders.cancel(session, account, 10001, key="k", now=NOW)
    async with database.read() as session:
        order = await orders.find(session, account, 10001)

    assert (order.status, order.cancelled_at) == (OrderStatus.CANCELLED, NOW)


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - orders.CANCELLABLE))
async def test_an_order_that_has_gone_is_not_cancelled(database: Database, status: OrderStatus) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, status=status)
    with pytest.raises(NotCancellableError):
        async with database.write() as session:
            await orders.cancel(session, account, 10001, key="k", now=NOW)
    async with database.read() as session:
        assert (await orders.find(session, account, 10001)).status == status


async def test_a_cancellation_asked_for_again_gives_the_same_order_back(database: Database) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, status=OrderStatus.PAID)
    for moment in (NOW, NOW + DAY):
        async with database.write() as session:
            order = await orders.cancel(session, account, 10001, key="k", now=moment)
            assert order.cancelled_at == NOW


async def test_one_of_two_cancellations_at_once_is_told_that_it_came_late(database: Database) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, status=OrderStatus.PAID)

    results = await asyncio.gather(
        *(_cancel(database, account, key) for key in ("one", "other")), return_exceptions=True
    )

    assert {type(result) for result in results} == {Order, NotCancellableError}


async def _cancel(database: Database, account: Account, key: str) -> Order:
    async with database.write() as session:
        return await orders.cancel(session, account, 10001, key=key, now=NOW)
