"""What the ledger says of a call, read from the database that the worker writes to."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from switchboard.database import Database
from switchboard.ledger.events import Ended, Event
from switchboard.ledger.tables import CallRow
from switchboard.ledger.timeline import timeline

PATIENCE = 30.0
Wanted = TypeVar("Wanted", bound=Event)


async def calls_of(database: Database, origin: str) -> list[str]:
    """The ids of the calls with that origin, oldest first."""
    query = select(CallRow.id).where(CallRow.origin == origin).order_by(CallRow.started_at)
    async with database.read() as session:
        return list(await session.scalars(query))


async def events_when(
    database: Database, origin: str, complete: Callable[[list[Event]], bool], number: int = -1
) -> list[Event]:
    """The events of a call of that origin, once they are complete."""
    events: list[Event] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while not complete(events):
                await asyncio.sleep(0.1)
                calls = await calls_of(database, origin)
                events = await timeline(database, calls[number]) if len(calls) > max(number, 0) else []
    except TimeoutError:
        raise AssertionError(f"the ledger of {origin} is not complete: {events}") from None
    return events


async def ended(database: Database, origin: str, number: int = -1) -> list[Event]:
    """The events of a call of that origin, once it has ended."""
    return await events_when(database, origin, lambda events: any(of(events, Ended)), number)


def of(events: list[Event], kind: type[Wanted]) -> list[Wanted]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
