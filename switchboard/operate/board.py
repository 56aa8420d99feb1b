"""Calls while anything is to come of them, the workers and the day, as the database has them; read on each time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.database import Database
from switchboard.ledger.events import Event
from switchboard.ledger.lost import lost, lost_among
from switchboard.ledger.rules import RULES, Rule
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.ledger.timeline import event_of
from switchboard.ledger.workers import alive, time_at
from switchboard.operate.running import Running
from switchboard.operate.settled import SETTLES, is_settled
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
    settled: bool
    """There is nothing to come."""


class Board:
    """`rules` are those of each line, by its name."""

    def __init__(self, database: Database, rules: Mapping[str, Sequence[Rule]]) -> None:
        self._database = database
        self._rules = rules
        self._now = datetime.now(UTC)
        """By the database's clock, when it was last asked."""
        self.calls: dict[str, Running] = {}
        self.workers: list[WorkerLine] = []
        self.today: dict[str, Any] = {}

    def clear(self) -> None:
        """Know nothing."""
        self.calls.clear()

    async def read_calls(self, only: Collection[str] | None) -> list[Change]:
        """What is new of these calls, or of all that run or are known; one that is settled is not known after that."""
        async with self._database.read() as session:
            self._now = await time_at(session)
            rows = await self._rows(session, only)
            again = {row.id for row in rows if row.id in self.calls and self.calls[row.id].revision != row.revision}
            unread = [row for row in rows if row.id in again or row.id not in self.calls]
            gone = await lost_among(session, [row.id for row in unread], self._now)
            for row in unread:
                rules = self._rules.get(row.line, tuple(RULES.values()))
                self.calls[row.id] = Running(row, rules, lost=row.id in gone)
            new = await self._events(session, [row.id for row in rows])
        changes = [self._change(row.id, new.get(row.id, []), row.id in again) for row in rows]
        for change in changes:
            if change.settled:
                del self.calls[change.call.id]
        return [change for change in changes if change.events or change.again or change.settled]

    async def read_workers(self) -> list[Running]:
        """The workers; tells the calls that are lost now, or are not any more."""
        async with self._database.read() as session:
            self._now = await time_at(session)
            rows = await alive(session, self._now)
            gone = await lost_among(session, self.calls, self._now)
        self.workers = [WorkerLine(row.id, row.calls, row.most, row.seen_at) for row in rows]
        changed = [call for call in self.calls.values() if call.lost != (call.id in gone)]
        for call in changed:
            call.lost = not call.lost
        return changed

    async def read_today(self) -> None:
        """What the day came to."""
        self.today = (await today(self._database, datetime.now(UTC))).json()

    def forget(self) -> list[Running]:
        """Leave out those of which nothing is to come any more, and tell which: lost for long, or settled."""
        gone = [call for call in self.calls.values() if self._lost_for_long(call) or self._settled(call)]
        for call in gone:
            del self.calls[call.id]
        return gone

    def _lost_for_long(self, call: Running) -> bool:
        return call.lost and self._now - call.last_at > LOST_FOR

    def _settled(self, call: Running) -> bool:
        return is_settled(call.ended_at, call.events, self._now)

    def _change(self, call_id: str, events: Sequence[Event], again: bool) -> Change:
        call = self.calls[call_id]
        call.take(events)
        return Change(call, events, again, self._settled(call))

    async def _rows(self, session: AsyncSession, only: Collection[str] | None) -> Sequence[CallRow]:
        now = self._now
        running = CallRow.ended_at.is_(None) & (CallRow.started_at > now - LONGEST) & ~lost(now, LOST_FOR)
        if only:
            some = CallRow.id.in_(only), or_(CallRow.id.in_(self.calls), running, CallRow.ended_at > now - SETTLES)
            return (await session.scalars(select(CallRow).where(*some).order_by(CallRow.started_at))).all()
        rows = list(await session.scalars(select(CallRow).where(running).order_by(CallRow.started_at)))
        missing = self.calls.keys() - {row.id for row in rows}
        known = select(CallRow).where(CallRow.id.in_(missing))
        return [*rows, *(await session.scalars(known))] if missing else rows

    async def _events(self, session: AsyncSession, ids: Sequence[str]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for begin in range(0, len(ids), AT_ONCE):
            some = ids[begin : begin + AT_ONCE]
            new = or_(*(and_(EventRow.call_id == each, EventRow.seq > self.calls[each].seq) for each in some))
            for row in await session.scalars(select(EventRow).where(new).order_by(EventRow.call_id, EventRow.seq)):
                found.setdefault(row.call_id, []).append(event_of(row))
        return found
