"""Small shops for tests: rows made by hand, so that a test reads without the seed."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shop.customers import Account
from shop.models import CallbackSlot, Customer, Order, OrderLine, OrderStatus
from tests.moment import NOW as NOW

DAY = timedelta(days=1)


async def add_customer(session: AsyncSession, name: str = "ada", postcode: str = "SW1A 2AA") -> Account:
    customer = Customer(
        name=name.title(),
        email=f"{name}@example.com",
        phone="+447700900001",
        street="1 High Street",
        city="London",
        postcode=postcode,
        created_at=NOW,
    )
    session.add(customer)
    await session.flush()
    return Account(customer.id)


async def add_order(
    session: AsyncSession,
    account: Account,
    *,
    number: int = 10001,
    status: OrderStatus = OrderStatus.DELIVERED,
    products: tuple[str, ...] = ("desk lamp",),
    delivered_days_ago: float = 10,
) -> Order:
    order = Order(
        number=number,
        customer_id=account.customer_id,
        status=status,
        delivery_cents=395,
        placed_at=NOW - 60 * DAY,
        paid_at=NOW - 60 * DAY if status != OrderStatus.PLACED else None,
        delivered_at=NOW - delivered_days_ago * DAY if status == OrderStatus.DELIVERED else None,
        lines=[
            OrderLine(position=i, sku=f"SKU-{i}", product=product, quantity=1, unit_cents=1250)
            for i, product in enumerate(products, 1)
        ],
    )
    session.add(order)
    await session.flush()
    return order


async def add_slot(session: AsyncSession, starts_at: datetime) -> int:
    slot = CallbackSlot(starts_at=starts_at)
    session.add(slot)
    await session.flush()
    return slot.id
