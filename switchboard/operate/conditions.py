"""A filter as conditions on calls and their digests."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, extract, func, or_, select, tuple_

from switchboard.ledger.tables import CallAgentRow, CallRow, DigestRow, EventRow, FindingRow
from switchboard.operate.filter import RUNNING, Filter

Condition = ColumnElement[bool]
SECONDS_OF_A_DAY = 86400


def conditions(wanted: Filter, dialect: str) -> Iterator[Condition]:
    """All of them have to hold, in a query of calls with their digests beside them."""
    if wanted.line:
        yield CallRow.line == wanted.line
    if wanted.outcome:
        yield CallRow.ended_at.is_(None) if wanted.outcome == RUNNING else CallRow.ended_reason == wanted.outcome
    if wanted.agent:
        yield or_(_had_agent(wanted.agent), and_(DigestRow.call_id.is_(None), _met_agent(wanted.agent)))
    if wanted.rule:
        yield exists(select(FindingRow.number).where(FindingRow.call_id == CallRow.id, FindingRow.rule == wanted.rule))
    if wanted.since:
        yield CallRow.started_at >= wanted.since
    if wanted.until:
        yield CallRow.started_at < wanted.until
    if wanted.after:
        place = tuple_(wanted.after.started_at, wanted.after.call, types=[CallRow.started_at.type, CallRow.id.type])
        yield tuple_(CallRow.started_at, CallRow.id) < place
    yield from _between(func.coalesce(DigestRow.seconds, _length(dialect)), wanted.min_seconds, wanted.max_seconds)
    yield from _between(DigestRow.cost, wanted.min_cost, wanted.max_cost)


def _between(value: Any, least: Any, most: Any) -> Iterator[Condition]:
    if least is not None:
        yield value >= least
    if most is not None:
        yield value <= most


def _had_agent(agent: str) -> Condition:
    return exists(select(CallAgentRow.agent).where(CallAgentRow.call_id == CallRow.id, CallAgentRow.agent == agent))


def _met_agent(agent: str) -> Condition:
    """The same for a call without a digest, by its events."""
    name = or_(EventRow.body["agent"].as_string() == agent, EventRow.body["target"].as_string() == agent)
    met = EventRow.kind.in_(("answered", "handoff_done")) & name
    return exists(select(EventRow.seq).where(EventRow.call_id == CallRow.id, met))


def _length(dialect: str) -> ColumnElement[Any]:
    """Of a call without a digest, in seconds; NULL while it runs."""
    if dialect == "postgresql":
        return extract("epoch", CallRow.ended_at - CallRow.started_at)
    return (func.julianday(CallRow.ended_at) - func.julianday(CallRow.started_at)) * SECONDS_OF_A_DAY
