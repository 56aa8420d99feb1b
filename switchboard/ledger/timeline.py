"""Reading the ledger, and forgetting what is older than its retention time."""

from datetime import datetime

from sqlalchemy import delete, select

from switchboard.database import Database
from switchboard.ledger.events import EVENT, Event
from switchboard.ledger.tables import CallRow, EventRow


async def timeline(database: Database, call_id: str) -> list[Event]:
    """The events of one call, in order; empty when there is no such call."""
    query = select(EventRow).where(EventRow.call_id == call_id).order_by(EventRow.seq)
    async with database.read() as session:
        rows = (await session.scalars(query)).all()
    return [_event(row) for row in rows]


async def newest_of(database: Database, origin: str) -> str | None:
    """The id of the newest call of that origin."""
    query = select(CallRow.id).where(CallRow.origin == origin).order_by(CallRow.started_at.desc()).limit(1)
    async with database.read() as session:
        return await session.scalar(query)


async def forget(database: Database, before: datetime) -> int:
    """Delete the calls that began before that time; their events go with them. Returns how many."""
    async with database.write() as session:
        gone = await session.execute(delete(CallRow).where(CallRow.started_at < before).returning(CallRow.id))
        return len(gone.all())


def _event(row: EventRow) -> Event:
    return EVENT.validate_python({**row.body, "kind": row.kind, "seq": row.seq, "at": row.at, "wall": row.wall})
