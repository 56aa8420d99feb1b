"""The ledger's calls, of which a phone does not know the names."""

import asyncio

from sqlalchemy import select

from switchboard.database import Database
from switchboard.ledger.tables import CallRow, EventRow
from tests.browser.ledger import PATIENCE


async def origins(database: Database) -> set[str]:
    """What the calls so far came from: their rooms."""
    async with database.read() as session:
        return {origin for origin in await session.scalars(select(CallRow.origin)) if origin}


async def new_origin(database: Database, known: set[str]) -> str:
    """Where the next call came from, once there is one beside those that are `known` that was answered.

    Of one whose caller hung up before, as in the test before, the ledger may tell twenty seconds later.
    """
    answered = select(CallRow.origin).join(EventRow, EventRow.call_id == CallRow.id).where(EventRow.kind == "answered")
    new: set[str] = set()
    try:
        async with asyncio.timeout(PATIENCE):
            while not new:
                await asyncio.sleep(0.05)
                async with database.read() as session:
                    new = {origin for origin in await session.scalars(answered) if origin} - known
    except TimeoutError:
        raise AssertionError("no call came into the ledger") from None
    return new.pop()


async def call_of(database: Database, origin: str) -> str:
    """The call that came from there."""
    async with database.read() as session:
        return (await session.scalars(select(CallRow.id).where(CallRow.origin == origin))).one()
