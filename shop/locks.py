"""Undoing locks: a person lets somebody be verified again, whatever was counted against them."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop import customers, tries
from shop.customers import Details
from shop.models import Order, SignIn
from shop.proofs import Grade, origin, targets
from switchboard.pseudonyms import Pseudonyms


async def unlock_account(session: AsyncSession, pseudonyms: Pseudonyms, details: Details) -> int:
    """Forget the failures at the account that an order number or an e-mail address names; tells how many counts.

    Who signed in for it, and that order numbers were told, is forgotten as well.
    """
    customer = next(iter(await customers.named_by(session, details)), None)
    aimed_at = [details]
    if customer:
        customer.numbers_told = False
        await session.execute(delete(SignIn).where(SignIn.customer_id == customer.id))
        numbers = await session.scalars(select(Order.number).where(Order.customer_id == customer.id))
        aimed_at = [Details(customer.postcode, number, customer.email) for number in (None, *numbers)]
    keys = {
        counter.key for each in aimed_at for grade in Grade for counter in targets(pseudonyms, grade, each, [customer])
    }
    return await tries.release(session, keys)


async def unlock_origin(session: AsyncSession, pseudonyms: Pseudonyms, kind: str, value: str) -> int:
    """Forget the failures of a number, an address or a call; tells how many counts."""
    return await tries.release(session, {origin(pseudonyms, grade, kind, value).key for grade in Grade})
