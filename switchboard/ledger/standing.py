"""How the call of a page stands: its room, which resume token leads back to it, whether its caller has hung up."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.tables import CallRow, StandingRow
from switchboard.upsert import insert_into

FOR_GOOD = ("goodbye", "silence", "maximum_length", "maximum_cost", "transferred", "callback")
"""A call that was ended for one of these reasons is over: it did not break off."""


@dataclass(frozen=True)
class Standing:
    """One that nothing is written of has never been come back to."""

    room: str
    uses: int = 0
    """How many tokens have been used up."""
    attempt: str | None = None
    """Which attempt used the last one."""
    over: bool = False
    """Its caller has hung up, or it was ended for good."""


def standing_of(session: Session, origin: str) -> Standing:
    """How the call of that origin stands; it is in the room of that name until it has moved."""
    ended = select(CallRow.id).where(CallRow.origin == origin, CallRow.ended_reason.in_(FOR_GOOD)).limit(1)
    row = session.get(StandingRow, origin)
    over = session.scalar(ended) is not None
    if row is None:
        return Standing(origin, over=over)
    return Standing(row.room, row.uses, row.attempt, over or row.hung_up)


async def change(database: Database, origin: str, before: Standing, after: Standing, seconds: float = math.inf) -> bool:
    """Write how the call stands, if meanwhile nobody else did; whether that was so.

    Raises `TimeoutError`: it could not be written within so many seconds, and will not be.
    """
    values = {"room": after.room, "uses": after.uses, "attempt": after.attempt}
    unchanged = (StandingRow.uses == before.uses) & ~StandingRow.hung_up
    until = time.monotonic() + seconds

    def write(session: Session) -> str | None:
        room = _write(session, origin, {"hung_up": False, **values}, values, unchanged)
        if time.monotonic() > until:  # whoever asked has been told so
            raise TimeoutError
        return room

    return await database.commit(write) is not None


async def hang_up(database: Database, origin: str, room: str) -> str:
    """Its caller has hung up: nobody comes back to it. Tells the room that it is in: `room`, if nothing is known."""
    new = {"room": room, "uses": 0, "hung_up": True}
    return await database.commit(lambda session: _write(session, origin, new, {"hung_up": True})) or room


def _write(
    session: Session,
    origin: str,
    new: dict[str, Any],
    changed: dict[str, Any],
    where: ColumnElement[bool] | None = None,
) -> str | None:
    """Tells the room; None: it is not so that `where`."""
    now = datetime.now(UTC)
    insert = insert_into(session, StandingRow).values(origin=origin, changed_at=now, **new)
    written = insert.on_conflict_do_update(
        index_elements=["origin"], set_={**changed, "changed_at": now}, where=where
    ).returning(StandingRow.room)
    room: str | None = session.scalar(written)
    return room
