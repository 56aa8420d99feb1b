"""Who has seen, heard, exported or erased what: written before they get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select

from switchboard.database import Database
from switchboard.ledger.tables import AuditRow

Look = Literal["signed in", "watched", "listed", "looked", "heard", "exported", "erased"]
"""`watched`: what happens now; `looked`: at one call, be it while it runs."""
WORDS = "q"
"""The part of a filter that holds what was searched for: that is often what a caller has said, and is not kept."""
SOMETHING = "***"


@dataclass(frozen=True)
class Viewer:
    """Who it was."""

    subject: str
    name: str
    role: str


@dataclass(frozen=True)
class Entry:
    """What somebody did, and when."""

    at: datetime
    viewer: Viewer
    what: str
    call: str | None
    wanted: Mapping[str, str]


class Audit:
    """The audit table. Entries are kept for `kept`, however long their calls are."""

    def __init__(self, database: Database, kept: timedelta) -> None:
        self._database = database
        self._kept = kept

    async def note(
        self, viewer: Viewer, what: Look, call: str | None = None, wanted: Mapping[str, str] | None = None
    ) -> None:
        """Write it down. Of the words that were searched for it is kept only that there were some."""
        filtered = {name: SOMETHING if name == WORDS else value for name, value in (wanted or {}).items() if value}
        entry = AuditRow(
            at=datetime.now(UTC),
            subject=viewer.subject,
            name=viewer.name,
            role=viewer.role,
            what=what,
            call_id=call,
            wanted=filtered or None,
        )
        async with self._database.write() as session:
            session.add(entry)

    async def forget(self) -> None:
        """Delete what has been kept for long enough."""
        async with self._database.write() as session:
            await session.execute(delete(AuditRow).where(AuditRow.at < datetime.now(UTC) - self._kept))


async def entries(database: Database, most: int, call: str | None = None, who: str | None = None) -> Sequence[Entry]:
    """The newest ones, the newest first: of that call, or by whoever is called so."""
    query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(most)
    if call:
        query = query.where(AuditRow.call_id == call)
    if who:
        query = query.where((AuditRow.name == who) | (AuditRow.subject == who))
    async with database.read() as session:
        rows = (await session.scalars(query)).all()
    return [
        Entry(row.at, Viewer(row.subject, row.name, row.role), row.what, row.call_id, row.wanted or {}) for row in rows
    ]
