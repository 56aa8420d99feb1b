"""The running and recent calls of the ledger, one line each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from switchboard.database import Database
from switchboard.ledger.tables import CallRow, EventRow


@dataclass(frozen=True)
class CallSummary:
    """What an operator wants to see of a call at a glance. `caller` is masked when it is written."""

    id: str
    line: str
    agent: str
    """Who has, or had, the caller."""
    caller: str
    started_at: datetime
    ended_at: datetime | None
    ended_reason: str | None


async def recent_calls(database: Database, most: int) -> list[CallSummary]:
    """The newest calls, the newest first."""
    calls = select(CallRow).order_by(CallRow.started_at.desc()).limit(most)
    async with database.read() as session:
        rows = (await session.scalars(calls)).all()
        telling = select(EventRow).where(
            EventRow.call_id.in_([row.id for row in rows]), EventRow.kind.in_(("answered", "handoff_done"))
        )
        events = (await session.scalars(telling.order_by(EventRow.seq))).all()
    agents = {event.call_id: event.body.get("agent") or event.body["target"] for event in events}
    callers = {event.call_id: event.body["caller"] for event in events if event.body.get("caller")}
    return [
        CallSummary(
            row.id,
            row.line,
            agents.get(row.id, ""),
            callers.get(row.id, ""),
            row.started_at,
            row.ended_at,
            row.ended_reason,
        )
        for row in rows
    ]
