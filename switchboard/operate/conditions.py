"""A filter as a database takes it: conditions on calls themselves, and traits that stand in other tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, false, or_, select, tuple_
from sqlalchemy.orm import Session

from switchboard.ledger.lost import lost
from switchboard.ledger.tables import CallAgentRow, CallRow, DigestRow, EventRow, FindingRow
from switchboard.operate.filter import LOST, RUNNING, Filter
from switchboard.operate.said import said
from switchboard.operate.search import Search
from switchboard.operate.traits import Condition, Trait, running


def conditions(wanted: Filter, now: datetime) -> Iterator[Condition]:
    """What the row of a call tells; `now` is by the database's clock."""
    if wanted.q is not None and not Search.of(wanted.q).phrases:
        yield false()
    if wanted.line:
        yield CallRow.line == wanted.line
    if wanted.outcome:
        yield _came_to(wanted.outcome, now)
    if wanted.since:
        yield CallRow.started_at >= wanted.since
    if wanted.until:
        yield CallRow.started_at < wanted.until
    if wanted.after:
        place = tuple_(wanted.after.started_at, wanted.after.call, types=[CallRow.started_at.type, CallRow.id.type])
        yield tuple_(CallRow.started_at, CallRow.id) < place


def traits(session: Session, wanted: Filter) -> list[Trait]:
    """What has to be looked for elsewhere."""
    found = []
    search = Search.of(wanted.q or "")
    if search.phrases:
        found.append(said(session, search))
    if wanted.agent:
        met = _met(session, wanted.agent)
        found.append(_in(CallAgentRow, CallAgentRow.agent == wanted.agent, running=met))
    if wanted.rule:
        found.append(_in(FindingRow, FindingRow.rule == wanted.rule))
    digested = [*_between(DigestRow.seconds, wanted.min_seconds, wanted.max_seconds)]
    digested += _between(DigestRow.cost, wanted.min_cost, wanted.max_cost)
    return [*found, _in(DigestRow, *digested)] if digested else found


def _came_to(outcome: str, now: datetime) -> Condition:
    if outcome == LOST:
        return lost(now)
    if outcome == RUNNING:
        return CallRow.ended_at.is_(None) & ~lost(now)
    return CallRow.ended_reason == outcome


def _in(rows: Any, *conditions: Condition, running: Sequence[str] = ()) -> Trait:
    """That a call has a row like this."""
    having = select(rows.call_id).where(*conditions).distinct()
    theirs = select(rows.call_id).where(rows.call_id == CallRow.id, *conditions).correlate(CallRow)
    return Trait(having, exists(theirs), running)


def _between(value: Any, least: Any, most: Any) -> Iterator[Condition]:
    if least is not None:
        yield value >= least
    if most is not None:
        yield value <= most


def _met(session: Session, agent: str) -> Sequence[str]:
    """The calls that still run and had that agent."""
    names = or_(EventRow.body["agent"].as_string() == agent, EventRow.body["target"].as_string() == agent)
    met = EventRow.call_id.in_(running(session)), EventRow.kind.in_(("answered", "handoff_done")), names
    return session.scalars(select(EventRow.call_id).where(*met).distinct()).all()
