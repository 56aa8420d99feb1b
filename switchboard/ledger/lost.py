"""Calls that have no end, and will get none: neither their worker nor they themselves have been heard of."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from switchboard.ledger.tables import CallRow, EventRow, WorkerRow
from switchboard.ledger.workers import GONE, there


def lost(now: datetime, quiet: timedelta = GONE) -> ColumnElement[bool]:
    """Whether a call of `calls` is lost, and was not heard of for so long; `now` is by the database's clock.

    A worker that only cannot say that it is there has calls that are heard of, and these are not lost.
    """
    newest = select(EventRow.wall).where(EventRow.call_id == CallRow.id).order_by(EventRow.seq.desc()).limit(1)
    heard_at = func.coalesce(newest.correlate(CallRow).scalar_subquery(), CallRow.started_at)
    worker = exists().where(WorkerRow.id == CallRow.worker, there(now)).correlate(CallRow)
    return and_(CallRow.ended_at.is_(None), CallRow.worker.is_not(None), ~worker, heard_at < now - quiet)


def lost_among(session: Session, calls: Collection[str], now: datetime) -> set[str]:
    """Those of these calls that are lost, by their ids."""
    if not calls:
        return set()
    return set(session.scalars(select(CallRow.id).where(CallRow.id.in_(calls), lost(now))))
