import pytest
from livekit.agents import ToolError
from sqlalchemy import select, update

from shop.demo import DANIEL, PRIYA
from shop.models import Order, OrderStatus
from switchboard.database import Database
from tests.shop.rows import add_customer
from tests.tools.phone import known, ring
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.verification import verify_caller


async def status(database: Database, number: int) -> OrderStatus:
    async with database.read() as session:
        return (await session.get_one(Order, number)).status


async def test_an_order_on_its_way_is_told_with_the_day_it_comes(seeded: Database) -> None:
    assert await find_order(await known(seeded), order_number="1 0 0 4 2") == (
        "Order 10042 is an oak writing desk, six hundred and forty-nine pounds in all. "
        "It was shipped yesterday with Parcelforce and should arrive tomorrow."
    )


async def test_a_delivered_order_is_told_with_the_last_day_of_a_return(seeded: Database) -> None:
    assert await find_order(await known(seeded), order_number="10141") == (
        "Order 10141 is a desk lamp, forty-six pounds forty-five in all. "
        "It was delivered ten days ago, on Friday the fourteenth of November. "
        "A return can be started until Sunday the fourteenth of December."
    )


async def test_an_order_past_its_time_is_told_as_such(seeded: Database) -> None:
    answer = await find_order(await known(seeded, DANIEL), order_number="10066")

    assert answer.endswith("The thirty days for a return are over.")


async def test_a_late_order_is_told_as_late(seeded: Database) -> None:
    answer = await find_order(await known(seeded, PRIYA), order_number="10160")

    assert "was due on Saturday the twenty-second of November, so it is late. Offer to open a ticket." in answer


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OrderStatus.PLACED, "waits for its payment. It can still be cancelled."),
        (OrderStatus.PAID, "will be packed next. It can still be cancelled."),
        (OrderStatus.PACKED, "leaves the warehouse with the next collection. It can still be cancelled."),
    ],
)
async def test_an_order_in_the_warehouse_is_told_as_cancellable(
    seeded: Database, state: OrderStatus, words: str
) -> None:
    async with seeded.write() as session:
        await session.execute(update(Order).where(Order.number == 10187).values(status=state))

    assert (await find_order(await known(seeded), order_number="10187")).endswith(words)


async def test_every_order_of_the_shop_can_be_told(seeded: Database) -> None:
    async with seeded.read() as session:
        orders = (await session.scalars(select(Order))).all()
        async with seeded.write() as writing:
            await writing.execute(update(Order).values(customer_id=orders[41].customer_id))
    ctx = await known(seeded)
    for order in orders:
        answer = await find_order(ctx, order_number=str(order.number))
        assert answer.startswith(f"Order {order.number} is ")
        assert "None" not in answer
        assert "_" not in answer


async def test_without_a_number_it_is_the_order_the_call_is_about(seeded: Database) -> None:
    ctx = ring(seeded)
    await verify_caller(ctx, order_number="10141", postcode="SW1A 2AA")

    assert (await find_order(ctx)).startswith("Order 10141 is a desk lamp")


async def test_without_any_number_it_is_asked_for(seeded: Database) -> None:
    with pytest.raises(ToolError, match="Ask for the order number"):
        await find_order(await known(seeded), order_number="the blue one")


async def test_what_was_told_is_kept_in_the_case_once(seeded: Database) -> None:
    ctx = await known(seeded)
    for _ in range(2):
        await find_order(ctx, order_number="10042")
    case = ctx.userdata.state

    assert (case.order_number, case.topic) == (10042, "where an order is")
    assert case.tried == ["Told that order 10042 is on its way."]
    assert type(case).model_validate_json(case.model_dump_json()) == case


async def test_recent_orders_are_told_newest_first(seeded: Database) -> None:
    answer = await list_recent_orders(await known(seeded))

    assert answer.startswith("The three newest orders: Order 10187, a wool throw and two scented candles, placed ")
    assert answer.index("10187") < answer.index("10141") < answer.index("10042")
    assert answer.endswith("on its way.")


async def test_an_account_without_orders_is_told_so(database: Database) -> None:
    async with database.write() as session:
        await add_customer(session)
    ctx = ring(database)
    await verify_caller(ctx, email="ada@example.com", postcode="SW1A 2AA")

    assert await list_recent_orders(ctx) == "There are no orders on this account."


async def test_a_cancelled_order_says_what_happens_to_the_money(seeded: Database) -> None:
    assert await cancel_order(await known(seeded), order_number="10187") == (
        "Order 10187, a wool throw and two scented candles, is cancelled. "
        "The eighty-seven pounds go back to the card or account they came from within five working days."
    )
    assert await status(seeded, 10187) == OrderStatus.CANCELLED


async def test_an_unpaid_cancelled_order_has_nothing_to_refund(seeded: Database) -> None:
    async with seeded.write() as session:
        await session.execute(
            update(Order).where(Order.number == 10187).values(status=OrderStatus.PLACED, paid_at=None)
        )

    assert "nothing to refund" in await cancel_order(await known(seeded), order_number="10187")


async def test_a_cancellation_said_again_gets_the_same_answer(seeded: Database) -> None:
    ctx = await known(seeded)

    assert await cancel_order(ctx, order_number="10187") == await cancel_order(ctx, order_number="1-0-1-8-7")


async def test_a_cancellation_in_another_call_is_told_that_it_was_done(seeded: Database) -> None:
    await cancel_order(await known(seeded), order_number="10187")
    with pytest.raises(ToolError, match="is cancelled already, since today"):
        await cancel_order(await known(seeded), order_number="10187")


@pytest.mark.parametrize(("number", "words"), [("10042", "has left the warehouse"), ("10141", "with `start_return`")])
async def test_an_order_that_has_gone_is_not_cancelled(seeded: Database, number: str, words: str) -> None:
    before = await status(seeded, int(number))
    with pytest.raises(ToolError, match=words):
        await cancel_order(await known(seeded), order_number=number)

    assert await status(seeded, int(number)) == before
