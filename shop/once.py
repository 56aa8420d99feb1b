"""Writes that happen once, however often they are asked for."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Callback, Return, Ticket

Row = TypeVar("Row", Callback, Return, Ticket)


async def by_key(session: AsyncSession, kind: type[Row], key: str) -> Row | None:
    """The row that an earlier request with this idempotency key made."""
    return await session.scalar(
        select(kind).where(kind.idempotency_key == key).execution_options(populate_existing=True)
    )


async def add_once(session: AsyncSession, row: Row) -> Row:
    """Add `row`, or give back the one that has its idempotency key already.

    Raises IntegrityError where another constraint refuses the row; the session stays usable.
    """
    # Read before the row is tried: after a failed flush its attributes are gone.
    kind, key = type(row), row.idempotency_key
    if earlier := await by_key(session, kind, key):
        return earlier
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if same_moment := await by_key(session, kind, key):
            return same_moment
        raise
    return row
