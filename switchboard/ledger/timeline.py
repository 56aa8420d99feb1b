"""Reading the ledger, and forgetting what is older than its retention time."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.events import EVENT, Answered, Event
from switchboard.ledger.tables import CallRow, EventRow, SpentRow, StandingRow


async def timeline(database: Database, call_id: str) -> list[Event]:
    """The events of one call, in order; empty when there is no such call."""
    return await database.look(events_of, call_id)


def events_of(session: Session, call_id: str) -> list[Event]:
    """The same as this session sees it, for who has one."""
    query = select(EventRow).where(EventRow.call_id == call_id).order_by(EventRow.seq)
    return [event_of(row) for row in session.scalars(query)]


def newest_of(session: Session, origin: str) -> str | None:
    """The id of the newest call of that origin that was answered."""
    answered = select(EventRow).where(EventRow.call_id == CallRow.id, EventRow.kind == "answered").exists()
    query = select(CallRow.id).where(CallRow.origin == origin, answered).order_by(CallRow.started_at.desc()).limit(1)
    return session.scalar(query)


def last_of(session: Session, caller: str, line: str) -> CallRow | None:
    """The newest call of that caller on that line that was answered."""
    answered = select(EventRow).where(EventRow.call_id == CallRow.id, EventRow.kind == "answered").exists()
    theirs = select(CallRow).where(CallRow.caller == caller, CallRow.line == line, answered)
    return session.scalar(theirs.order_by(CallRow.started_at.desc()).limit(1))


def story(session: Session, call_id: str) -> list[Event]:
    """The events of a call and of those that it goes on from, in order."""
    events: list[Event] = []
    following: str | None = call_id
    while following:
        events[:0] = earlier = events_of(session, following)
        following = next((event.resumes for event in earlier if isinstance(event, Answered)), None)
    return events


async def forget(database: Database, before: datetime) -> int:
    """Delete the calls that began before that time; their events go with them. Returns how many."""
    async with database.write() as session:
        await session.execute(delete(SpentRow).where(SpentRow.day < before.date()))
        await session.execute(delete(StandingRow).where(StandingRow.changed_at < before))
        gone = await session.execute(delete(CallRow).where(CallRow.started_at < before).returning(CallRow.id))
        return len(gone.all())


def event_of(row: EventRow) -> Event:
    """The event that is stored in that row."""
    return EVENT.validate_python({**row.body, "kind": row.kind, "seq": row.seq, "at": row.at, "wall": row.wall})
