"""Customers, and the right to see their data."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Customer, Order


@dataclass(frozen=True)
class Account:
    """The right to read and change one customer's data; whatever does so takes one.

    Made for a verified caller by `tools/access.py` and by nothing else (a test keeps it so).
    """

    customer_id: int


async def identify(
    session: AsyncSession, *, postcode: str, order_number: int | None = None, email: str | None = None
) -> Customer | None:
    """The customer whom the postcode and every other given proof point to; None when one of them does not fit."""
    if order_number is None and not email:
        return None
    query = select(Customer)
    if order_number is not None:
        query = query.join(Order, Order.customer_id == Customer.id).where(Order.number == order_number)
    if email:
        query = query.where(Customer.email == email.lower())
    customer = await session.scalar(query)
    return customer if customer and _same_postcode(customer.postcode, postcode) else None


async def get(session: AsyncSession, account: Account) -> Customer:
    """The customer behind an account."""
    return await session.get_one(Customer, account.customer_id)


def _same_postcode(one: str, other: str) -> bool:
    return _written(one) == _written(other)


def _written(postcode: str) -> str:
    # Said aloud, O and 0 are one sound, and a transcript may write I as 1.
    letters = "".join(c for c in postcode.upper() if c.isalnum())
    return letters.replace("O", "0").replace("I", "1")
