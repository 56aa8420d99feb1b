"""Small shops for tests: rows made by hand, so that a test reads without the seed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shop.customers import Account
from shop.models import CallbackSlot, Customer, Order, OrderLine, OrderStatus

DAY = timedelta(days=1)
# A Monday in winter: the shop's clock is UTC, and working days lie ahead.
NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)


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
