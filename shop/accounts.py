"""Accounts as operators name them on the command line: by an order number, an e-mail address, or their own id."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from shop import customers, locks
from shop.customers import Details
from shop.models import FIRST_ORDER_NUMBER, Customer
from switchboard.pseudonyms import Pseudonyms

ORDER_NUMBER = re.compile(r"[1-9]\d{4,5}", re.ASCII)
CUSTOMER_ID = re.compile(r"[1-9]\d{0,4}", re.ASCII)


class Accounts:
    """The shop's customers."""

    named_by = ("order number", "e-mail address")

    async def find(self, session: AsyncSession, said: str) -> str | None:
        """The customer whom an order number, an e-mail address or their own number names."""
        if CUSTOMER_ID.fullmatch(said) and int(said) < FIRST_ORDER_NUMBER:
            customer = await session.get(Customer, int(said))
        else:
            details = _details(said)
            named = await customers.named_by(session, details) if details else ()
            customer = next(iter(named), None)
        return str(customer.id) if customer else None

    async def unlock(self, session: AsyncSession, pseudonyms: Pseudonyms, said: str) -> int | None:
        """Forget the failures at the account that is meant, whether there is one or not."""
        details = _details(said)
        return await locks.unlock_account(session, pseudonyms, details) if details else None

    async def unlock_origin(self, session: AsyncSession, pseudonyms: Pseudonyms, kind: str, value: str) -> int:
        """Forget the failures of a number, an address or a call."""
        return await locks.unlock_origin(session, pseudonyms, kind, value)


def _details(said: str) -> Details | None:
    if "@" in said:
        return Details("", email=said)
    return Details("", order_number=int(said)) if ORDER_NUMBER.fullmatch(said) else None
