"""The calls that run, the workers and the day, as the database has them; read on from where it was read before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.database import Database
from switchboard.ledger.events import Event
from switchboard.ledger.rules import RULES, Rule
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.ledger.timeline import event_of
from switchboard.ledger.workers import GONE, alive, time_at
from switchboard.operate.running import Running
from switchboard.operate.today import today

LONGEST = timedelta(days=1)
"""A call that began before that and has no end is none that runs."""
LOST_FOR = timedelta(minutes=10)
"""So long a lost call is shown."""
AT_ONCE = 100
"""Calls whose events are asked for together."""


@dataclass(frozen=True)
class WorkerLine:
    """A worker, and how full it is."""

    id: str
    calls: int
    most: int
    seen_at: datetime

    def json(self) -> dict[str, Any]:
        """As `Worker` of web/src/operate/types.ts."""
        return {"id": self.id, "calls": self.calls, "most": self.most, "seen_at": self.seen_at.isoformat()}


@dataclass(frozen=True)
class Change:
    """What is new of a call."""

    call: Running
    events: Sequence[Event]
    again: bool
    """Events that were told before have changed."""


class Board:
    """`rules` are those of each line, by its name."""

    def __init__(self, database: Database, rules: Mapping[str, Sequence[Rule]]) -> None:
        self._database = database
        self._rules = rules
        self.calls: dict[str, Running] = {}
        self.workers: list[WorkerLine] = []
        self.today: dict[str, Any] = {}

    def clear(self) -> None:
        """Know nothing."""
        self.calls.clear()

    async def read_calls(self, only: Collection[str] | None) -> list[Change]:
        """What is new of these calls, or of all; one that is over is not known any more after that."""
        async with self._database.read() as session:
            rows = await self._rows(session, only)
            again = {row.id for row in rows if row.id in self.calls and self.calls[row.id].revision != row.revision}
            for row in rows:
                if row.id in again or row.id not in self.calls:
                    self.calls[row.id] = Running(row, self._rules.get(row.line, tuple(RULES.values())))
            new = await self._events(session, [row.id for row in rows])
        changes = [self._change(row.id, new.get(row.id, []), row.id in again) for row in rows]
        for change in changes:
            if change.call.over:
                del self.calls[change.call.id]
        return [change for change in changes if change.events or change.again]

    async def read_workers(self) -> list[Running]:
        """The workers; tells the calls that are lost now, or are not any more."""
        async with self._database.read() as session:
            now = await time_at(session)
            rows = await alive(session, now)
        self.workers = [WorkerLine(row.id, row.calls, row.most, row.seen_at) for row in rows]
        there = {row.id for row in rows}
        changed = [call for call in self.calls.values() if call.lost != _is_lost(call, there, now)]
        for call in changed:
            call.lost = not call.lost
        return changed

    async def read_today(self) -> None:
        """What the day came to."""
        self.today = (await today(self._database, datetime.now(UTC))).json()

    def forget_lost(self) -> bool:
        """Leave out those that have been lost for long; whether there were any."""
        gone = [call.id for call in self.calls.values() if call.lost and datetime.now(UTC) - call.last_at > LOST_FOR]
        for call_id in gone:
            del self.calls[call_id]
        return bool(gone)

    def _change(self, call_id: str, events: Sequence[Event], again: bool) -> Change:
        call = self.calls[call_id]
        call.take(events)
        return Change(call, events, again)

    async def _rows(self, session: AsyncSession, only: Collection[str] | None) -> Sequence[CallRow]:
        running = CallRow.ended_at.is_(None) & (CallRow.started_at > datetime.now(UTC) - LONGEST)
        query = select(CallRow).where(CallRow.id.in_(only)) if only else select(CallRow).where(running)
        rows = list((await session.scalars(query.order_by(CallRow.started_at))).all())
        if only:
            return [row for row in rows if row.id in self.calls or row.ended_at is None]
        missing = self.calls.keys() - {row.id for row in rows}
        ended = select(CallRow).where(CallRow.id.in_(missing))
        return [*rows, *(await session.scalars(ended))] if missing else rows

    async def _events(self, session: AsyncSession, ids: Sequence[str]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for begin in range(0, len(ids), AT_ONCE):
            some = ids[begin : begin + AT_ONCE]
            new = or_(*(and_(EventRow.call_id == each, EventRow.seq > self.calls[each].seq) for each in some))
            for row in await session.scalars(select(EventRow).where(new).order_by(EventRow.call_id, EventRow.seq)):
                found.setdefault(row.call_id, []).append(event_of(row))
        return found


def _is_lost(call: Running, workers: Collection[str], now: datetime) -> bool:
    """Neither its worker nor the call itself has been heard of."""
    return call.worker is not None and call.worker not in workers and now - call.last_at > GONE
