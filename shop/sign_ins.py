"""Who signs in can be verified for one account only: their own."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Customer, SignIn
from switchboard.pseudonyms import Pseudonyms


@dataclass(frozen=True)
class Identity:
    """Somebody who has signed in. `account` is the pseudonym of their verified e-mail address, "" without one."""

    key: str
    account: str = ""


async def may_be(session: AsyncSession, pseudonyms: Pseudonyms, identity: Identity | None, customer: Customer) -> bool:
    """Whether the customer can be who signed in: the one of their address, else the first that they proved to be."""
    if identity is None:
        return True
    if identity.account:
        return identity.account == pseudonyms.of("sign-in", customer.email)
    bound = await session.get(SignIn, identity.key)
    return bound is None or bound.customer_id == customer.id


async def bind(session: AsyncSession, identity: Identity | None, customer: Customer) -> None:
    """From now on who signed in is this customer and nobody else."""
    if identity and not identity.account:
        await session.merge(SignIn(identity=identity.key, customer_id=customer.id))
