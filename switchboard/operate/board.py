"""Calls while anything is to come of them, the workers and the day, as the database has them; read on each time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

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
        known = {call.id: _Known(call.revision, call.seq) for call in self.calls.values()}
        news = await self._database.look(_news, only, known)
        self._now = news.now
        for row in news.rows:
            if row.id in news.again or row.id not in known:
                rules = self._rules.get(row.line, tuple(RULES.values()))
                self.calls[row.id] = Running(row, rules, lost=row.id in news.lost)
        changes = [self._change(row.id, news.events.get(row.id, []), row.id in news.again) for row in news.rows]
        for change in changes:
            if change.settled:
                del self.calls[change.call.id]
        return [change for change in changes if change.events or change.again or change.settled]

    async def read_workers(self) -> list[Running]:
        """The workers; tells the calls that are lost now, or are not any more."""
        self._now, self.workers, gone = await self._database.look(_workers, list(self.calls))
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


@dataclass(frozen=True)
class _Known:
    """What is known of a call: its revision, and the place of its newest event."""

    revision: int
    seq: int


@dataclass(frozen=True)
class _News:
    """What the database has. `again` are the calls of which events that were told have changed, by their ids."""

    now: datetime
    rows: Sequence[CallRow]
    again: set[str]
    lost: set[str]
    """Of those that are to be known anew."""
    events: Mapping[str, Sequence[Event]]


def _news(session: Session, only: Collection[str] | None, known: Mapping[str, _Known]) -> _News:
    now = time_at(session)
    rows = _rows(session, only, known, now)
    again = {row.id for row in rows if row.id in known and known[row.id].revision != row.revision}
    unread = [row.id for row in rows if row.id in again or row.id not in known]
    places = {row.id: -1 if row.id in unread else known[row.id].seq for row in rows}
    return _News(now, rows, again, lost_among(session, unread, now), _events(session, places))


def _rows(session: Session, only: Collection[str] | None, known: Collection[str], now: datetime) -> Sequence[CallRow]:
    running = CallRow.ended_at.is_(None) & (CallRow.started_at > now - LONGEST) & ~lost(now, LOST_FOR)
    if only:
        some = CallRow.id.in_(only), or_(CallRow.id.in_(known), running, CallRow.ended_at > now - SETTLES)
        return session.scalars(select(CallRow).where(*some).order_by(CallRow.started_at)).all()
    rows = session.scalars(select(CallRow).where(running).order_by(CallRow.started_at)).all()
    missing = set(known) - {row.id for row in rows}
    return [*rows, *session.scalars(select(CallRow).where(CallRow.id.in_(missing)))] if missing else rows


def _events(session: Session, places: Mapping[str, int]) -> dict[str, list[Event]]:
    """Those behind that place of each call."""
    found: dict[str, list[Event]] = {}
    behind = [and_(EventRow.call_id == call, EventRow.seq > seq) for call, seq in places.items()]
    for begin in range(0, len(behind), AT_ONCE):
        new = or_(*behind[begin : begin + AT_ONCE])
        for row in session.scalars(select(EventRow).where(new).order_by(EventRow.call_id, EventRow.seq)):
            found.setdefault(row.call_id, []).append(event_of(row))
    return found


def _workers(session: Session, calls: Collection[str]) -> tuple[datetime, list[WorkerLine], set[str]]:
    """What time it is, who is there, and which of these calls are lost."""
    now = time_at(session)
    lines = [WorkerLine(row.id, row.calls, row.most, row.seen_at) for row in alive(session, now)]
    return now, lines, lost_among(session, calls, now)
