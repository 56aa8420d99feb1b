"""Customers, and the right to see their data."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Customer, Order, OrderLine


@dataclass(frozen=True)
class Account:
    """The right to read and change one customer's data; whatever does so takes one.

    Made for a verified caller by `tools/access.py` and by nothing else (a test keeps it so).
    """

    customer_id: int


@dataclass(frozen=True)
class Details:
    """What somebody gave to be verified: a postcode, and an order number or an e-mail address or both."""

    postcode: str
    order_number: int | None = None
    email: str | None = None


async def named_by(session: AsyncSession, details: Details) -> Sequence[Customer | None]:
    """The customer that each of order number and e-mail address points to, of those that were given."""
    found = []
    if details.order_number is not None:
        by_order = select(Customer).join(Order, Order.customer_id == Customer.id)
        found.append(await session.scalar(by_order.where(Order.number == details.order_number)))
    if details.email:
        found.append(await session.scalar(select(Customer).where(Customer.email == details.email.lower())))
    return found


def whom(details: Details, named: Sequence[Customer | None]) -> Customer | None:
    """The customer whom all details point to; None when one of them does not fit."""
    if not named or named[0] is None or any(customer is not named[0] for customer in named):
        return None
    return named[0] if written(named[0].postcode) == written(details.postcode) else None


async def identify(
    session: AsyncSession, *, postcode: str, order_number: int | None = None, email: str | None = None
) -> Customer | None:
    """The customer whom the postcode and every other given proof point to; None when one of them does not fit."""
    details = Details(postcode, order_number, email)
    return whom(details, await named_by(session, details))


async def private(session: AsyncSession) -> frozenset[str]:
    """All that is known of customers, and what they have bought."""
    known = select(Customer.name, Customer.email, Customer.phone, Customer.street)
    details = [value for row in await session.execute(known) for value in row]
    return frozenset([*details, *await session.scalars(select(OrderLine.product).distinct())])


async def get(session: AsyncSession, account: Account) -> Customer:
    """The customer behind an account."""
    return await session.get_one(Customer, account.customer_id)


def written(postcode: str) -> str:
    """A postcode in one way of writing. Said aloud, O and 0 are one sound, and a transcript may write I as 1."""
    letters = "".join(c for c in postcode.upper() if c.isalnum())
    return letters.replace("O", "0").replace("I", "1")
