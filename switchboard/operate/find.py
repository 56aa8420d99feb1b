"""The calls of the ledger that a filter lets through, a page at a time."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.digest import Digest
from switchboard.ledger.lost import lost_among
from switchboard.ledger.tables import CallAgentRow, CallRow, DigestRow, FindingRow
from switchboard.ledger.workers import time_at
from switchboard.operate.call_line import CallLine, CallsPage
from switchboard.operate.conditions import conditions, traits
from switchboard.operate.cursor import Cursor
from switchboard.operate.filter import LOST, Filter
from switchboard.operate.so_far import NOTHING, so_far
from switchboard.operate.traits import with_all

AT_ONCE = 500
"""So many calls are read together, where a page has no end."""
Found = tuple[CallRow, DigestRow | None]
Calls = Select[CallRow, DigestRow]
"""With the digest of each beside it, or none."""


async def find(database: Database, wanted: Filter) -> CallsPage:
    """One page of the calls that are wanted, the newest first."""
    return await database.look(_page, wanted)


async def pages(database: Database, wanted: Filter, most: int | None = None) -> AsyncIterator[CallsPage]:
    """All calls that are wanted, or so many of them; the `next` of the last page tells whether there are more."""
    while True:
        limit = AT_ONCE if most is None else min(AT_ONCE, most)
        page = await find(database, wanted.model_copy(update={"limit": limit}))
        yield page
        most = None if most is None else most - len(page.calls)
        if page.next is None or most == 0:
            return
        wanted = wanted.model_copy(update={"after": page.next})


async def one(database: Database, call_id: str) -> CallLine | None:
    """The call of that id, if there is one."""
    return await database.look(_one, call_id)


def _page(session: Session, wanted: Filter) -> CallsPage:
    rows = _rows(session, _query(wanted, session))
    calls = lines_of(session, rows[: wanted.limit])
    more = len(rows) > wanted.limit
    return CallsPage(tuple(calls), Cursor(calls[-1].started_at, calls[-1].id) if more else None)


def _one(session: Session, call_id: str) -> CallLine | None:
    found = _rows(session, _calls().where(CallRow.id == call_id))
    return next(iter(lines_of(session, found)), None)


def lines_of(session: Session, rows: Sequence[Found]) -> list[CallLine]:
    """What a list tells of these calls; of one without a digest that is what its events say."""
    ids = [call.id for call, _ in rows]
    agents, rules = _agents(session, ids), _rules(session, ids)
    bare = so_far(session, [call.id for call, digest in rows if digest is None])
    lost = _lost_of(session, [call.id for call, _ in rows if call.ended_at is None])
    return [
        _line(call, digest, agents.get(call.id, ()), rules.get(call.id, ()), digest.seconds)
        if digest
        else undigested(call, bare.get(call.id, NOTHING), lost=call.id in lost)
        for call, digest in rows
    ]


def _lost_of(session: Session, ids: Sequence[str]) -> set[str]:
    return lost_among(session, ids, time_at(session))


def _rows(session: Session, query: Calls) -> list[Found]:
    return [(call, digest) for call, digest in session.execute(query)]


def _calls() -> Calls:
    return select(CallRow, DigestRow).outerjoin(DigestRow, DigestRow.call_id == CallRow.id)


def _query(wanted: Filter, session: Session) -> Calls:
    """One call more than the page has: then there is a next one."""
    newest = _calls().order_by(CallRow.started_at.desc(), CallRow.id.desc()).limit(wanted.limit + 1)
    rows = conditions(wanted, time_at(session))
    return newest.where(*rows, *with_all(session, traits(session, wanted)))


def _agents(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(CallAgentRow).where(CallAgentRow.call_id.in_(ids)).order_by(CallAgentRow.agent)
    agents: dict[str, list[str]] = {}
    for row in session.scalars(query):
        agents.setdefault(row.call_id, []).append(row.agent)
    return agents


def _rules(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(FindingRow).where(FindingRow.call_id.in_(ids)).order_by(FindingRow.number)
    rules: dict[str, list[str]] = {}
    for row in session.scalars(query):
        if row.rule not in rules.setdefault(row.call_id, []):
            rules[row.call_id].append(row.rule)
    return rules


def undigested(call: CallRow, known: Digest, lost: bool = False) -> CallLine:
    """A call as its events tell it; `lost`: it has no end, and will get none."""
    rules = tuple(dict.fromkeys(found.rule for found in known.findings))
    seconds = (call.ended_at - call.started_at).total_seconds() if call.ended_at else None
    line = _line(call, known, known.agents, rules, seconds)
    return replace(line, outcome=LOST) if lost else line


def _line(
    call: CallRow, known: Digest | DigestRow, agents: Iterable[str], rules: Iterable[str], seconds: float | None
) -> CallLine:
    return CallLine(
        id=call.id,
        line=call.line,
        agent=known.agent or None,
        agents=tuple(agents),
        caller=known.caller,
        started_at=call.started_at,
        ended_at=call.ended_at,
        outcome=call.ended_reason,
        seconds=seconds,
        cost=known.cost,
        currency=known.currency,
        rules=tuple(rules),
        first_sound_p50_ms=known.first_sound_p50_ms,
        to_person=known.to_person,
    )
