"""What the shop keeps of callers beside their orders: callbacks, tickets, why something goes back. It can be erased."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shop.codes import Codes
from shop.models import Callback, Order, OrderLine, Return, SignIn, Ticket, TicketStatus, VerificationCode
from switchboard.line.business import Whom
from switchboard.pseudonyms import Pseudonyms

ERASED = literal("erased:")
"""A key holds what was asked for, as a hash that could be guessed."""


class Belongings:
    """Of callers. The account, its orders and what was decided about them are no words of theirs, and stay.

    So do the counts of failed tries and of what was asked for in a day: hashes that are forgotten soon, and without
    which an erasure would open a lock.
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def calls(self, session: AsyncSession, whom: Whom) -> set[str]:
        """The origins of calls in which they had something written down."""
        keys: list[str] = []
        for kind in (Callback, Ticket, Return):
            for condition in _of(kind, whom):
                keys += await session.scalars(select(kind.idempotency_key).where(condition))
        return {key.partition(":")[0] for key in keys}

    async def erase(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> Mapping[str, int]:
        """Callbacks go, tickets are closed and empty, returns have no reason any more; so many of each."""
        counts = {"callbacks": 0, "tickets": 0, "reasons of returns": 0}
        for callback in _theirs(Callback, whom, origins):
            gone = await session.execute(delete(Callback).where(callback).returning(Callback.id))
            counts["callbacks"] += len(gone.all())
        empty = {"summary": "", "briefing": None, "phone": None, "status": TicketStatus.CLOSED}
        for ticket in _theirs(Ticket, whom, origins):
            counts["tickets"] += await _empty(session, Ticket, ticket, empty)
        for entry in _theirs(Return, whom, origins):
            counts["reasons of returns"] += await _empty(session, Return, entry, {"reason": ""})
        await self._forget_proofs(session, whom, origins)
        return counts

    async def _forget_proofs(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> None:
        names = [Codes.name(self._pseudonyms, origin) for origin in origins]
        await session.execute(delete(VerificationCode).where(VerificationCode.call.in_(names)))
        if whom.account:
            for kind in (VerificationCode, SignIn):
                await session.execute(delete(kind).where(kind.customer_id == int(whom.account)))


def _theirs(kind: Any, whom: Whom, origins: Collection[str]) -> Iterator[ColumnElement[bool]]:
    yield from _of(kind, whom)
    for origin in origins:
        yield kind.idempotency_key.startswith(f"{origin}:", autoescape=True)


def _of(kind: Any, whom: Whom) -> Iterator[ColumnElement[bool]]:
    """What is theirs whatever call it comes from."""
    if whom.caller and kind is not Return:
        yield kind.phone == whom.caller
    if whom.account and kind is Return:
        lines = select(OrderLine.id).join(Order).where(Order.customer_id == int(whom.account))
        yield Return.order_line_id.in_(lines)
    elif whom.account:
        yield kind.customer_id == int(whom.account)


async def _empty(session: AsyncSession, kind: Any, which: ColumnElement[bool], values: dict[str, Any]) -> int:
    key = ERASED + kind.id.cast(String)
    done = update(kind).where(which, ~kind.idempotency_key.startswith("erased:")).values(**values, idempotency_key=key)
    return len((await session.execute(done.returning(kind.id))).all())
