"""Orders: looking them up and cancelling them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.customers import Account
from shop.errors import NotCancellableError, OrderNotFoundError
from shop.models import Order, OrderStatus

CANCELLABLE = frozenset({OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.PACKED})


async def find(session: AsyncSession, account: Account, number: int, *, for_update: bool = False) -> Order:
    """The account's order of this number, with its lines and their returns. Raises OrderNotFoundError.

    `for_update` keeps others from changing it until the transaction ends.
    """
    query = select(Order).where(Order.number == number, Order.customer_id == account.customer_id)
    order = await session.scalar(query.with_for_update() if for_update else query)
    if order is None:
        raise OrderNotFoundError(number)
    return order


async def recent(session: AsyncSession, account: Account, limit: int = 3) -> Sequence[Order]:
    """The account's newest orders, the newest first."""
    query = select(Order).where(Order.customer_id == account.customer_id).order_by(Order.placed_at.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def cancel(session: AsyncSession, account: Account, number: int, *, key: str, now: datetime) -> Order:
    """Cancel an order that has not left the warehouse. Raises OrderNotFoundError, NotCancellableError.

    Asked again with the same idempotency key it gives the cancelled order back.
    """
    order = await find(session, account, number, for_update=True)
    if order.cancellation_key == key:
        return order
    if order.status not in CANCELLABLE:
        raise NotCancellableError(number, order.status, order.cancelled_at)
    order.status = OrderStatus.CANCELLED
    order.cancelled_at = now
    order.cancellation_key = key
    return order
