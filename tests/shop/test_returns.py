import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from shop import returns
from shop.customers import Account
from shop.errors import ItemUnclearError, NotReturnableError, OrderNotFoundError
from shop.models import OrderStatus, Return, ReturnStatus
from switchboard.database import Database
from tests.shop.rows import DAY, NOW, add_customer, add_order

GOODS = ("desk lamp", "brass floor lamp", "linen cushion cover")


async def start(
    database: Database, account: Account, item: str = "", key: str = "k", now: datetime = NOW
) -> Sequence[int]:
    async with database.write() as session:
        started = await returns.start(session, account, 10001, item=item, reason="too big", key=key, now=now)
        return started.numbers


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Return)) or 0


async def shop_with(database: Database, *products: str, status: OrderStatus = OrderStatus.DELIVERED) -> Account:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account, products=products or ("desk lamp",), status=status)
    return account


async def test_a_return_is_opened_for_the_price_of_the_item(database: Database) -> None:
    account = await shop_with(database)
    [number] = await start(database, account)
    async with database.read() as session:
        opened = await session.scalar(select(Return))

    assert opened is not None
    assert number == opened.number > 50_000
    assert (opened.status, opened.refund_cents, opened.opened_at) == (ReturnStatus.OPEN, 1250, NOW)


async def test_the_last_day_is_the_thirtieth_after_delivery_on_the_shops_calendar(database: Database) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        order = await add_order(session, account)
        # Half past midnight on the first of July in London.
        order.delivered_at = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
    with pytest.raises(NotReturnableError) as refused:
        await start(database, account, now=datetime(2025, 7, 31, 23, 1, tzinfo=UTC))
    assert refused.value.deadline is not None
    assert refused.value.deadline.isoformat() == "2025-07-31"
    assert await rows(database) == 0

    await start(database, account, now=datetime(2025, 7, 31, 22, 59, tzinfo=UTC))
    assert await rows(database) == 1


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - returns.RETURNABLE))
async def test_a_refused_return_opens_no_row(database: Database, status: OrderStatus) -> None:
    account = await shop_with(database, status=status)
    with pytest.raises(NotReturnableError):
        await start(database, account)

    assert await rows(database) == 0


async def test_the_order_of_another_account_is_not_found(database: Database) -> None:
    await shop_with(database)
    async with database.write() as session:
        stranger = await add_customer(session, "bob")
    with pytest.raises(OrderNotFoundError):
        await start(database, stranger)


async def test_asked_for_again_it_is_the_same_return(database: Database) -> None:
    account = await shop_with(database)

    assert await start(database, account) == await start(database, account, now=NOW + DAY)
    assert await rows(database) == 1


async def test_asked_for_twice_at_once_it_is_the_same_return(database: Database) -> None:
    account = await shop_with(database)
    one, other = await asyncio.gather(start(database, account), start(database, account))

    assert one == other
    assert await rows(database) == 1


async def test_two_calls_at_once_open_one_return(database: Database) -> None:
    account = await shop_with(database)
    results = await asyncio.gather(
        start(database, account, key="one"), start(database, account, key="other"), return_exceptions=True
    )

    [refused] = [result for result in results if isinstance(result, NotReturnableError)]
    assert refused.opened is not None
    assert await rows(database) == 1


@pytest.mark.parametrize(
    ("item", "product"),
    [
        ("the brass floor lamp", "brass floor lamp"),
        ("desk lamp", "desk lamp"),
        ("cushions", "linen cushion cover"),
        ("all the cushion covers from my order", "linen cushion cover"),
    ],
)
async def test_an_item_is_found_by_its_words(database: Database, item: str, product: str) -> None:
    account = await shop_with(database, *GOODS)
    async with database.write() as session:
        started = await returns.start(session, account, 10001, item=item, reason="", key="k", now=NOW)

    assert started.goods == [(1, product)]


@pytest.mark.parametrize(
    ("goods", "item"),
    [(GOODS, ""), (GOODS, "the sofa"), (GOODS, "the lamp"), (GOODS[:1], "the sofa"), (GOODS[:1], "not the lamp")],
)
async def test_an_unclear_item_is_asked_for_with_all_that_the_order_has(
    database: Database, goods: Sequence[str], item: str
) -> None:
    account = await shop_with(database, *goods)
    with pytest.raises(ItemUnclearError) as unclear:
        await start(database, account, item)

    assert [product for _, product in unclear.value.items] == list(goods)
    assert await rows(database) == 0


async def test_everything_goes_back_that_is_not_on_its_way_already(database: Database) -> None:
    account = await shop_with(database, *GOODS)
    await start(database, account, "desk lamp", key="an earlier call")

    assert len(await start(database, account, "everything")) == 2
    assert len(await start(database, account, "everything")) == 2
    assert await rows(database) == 3


async def test_a_refused_item_can_be_sent_back_again_and_no_other(database: Database) -> None:
    account = await shop_with(database)
    await start(database, account, key="one")
    async with database.write() as session:
        first = await session.scalar(select(Return))
        assert first is not None
        first.status = ReturnStatus.REFUSED
    await start(database, account, key="two")
    with pytest.raises(NotReturnableError):
        await start(database, account, key="three")

    assert await rows(database) == 2


async def test_the_database_itself_refuses_a_second_live_return_of_a_line(database: Database) -> None:
    account = await shop_with(database)
    await start(database, account)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            first = await session.scalar(select(Return))
            assert first is not None
            session.add(
                Return(
                    order_line_id=first.order_line_id,
                    status=ReturnStatus.OPEN,
                    reason="",
                    refund_cents=0,
                    opened_at=NOW,
                    idempotency_key="other",
                )
            )
