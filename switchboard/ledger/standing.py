"""How the call of a page stands: its room, which resume token leads back to it, whether its caller has hung up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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


async def change(database: Database, origin: str, before: Standing, after: Standing) -> bool:
    """Write how the call stands, if meanwhile nobody else did; whether that was so."""
    values = {"room": after.room, "uses": after.uses, "attempt": after.attempt}
    unchanged = (StandingRow.uses == before.uses) & ~StandingRow.hung_up
    return await database.commit(partial(_write, origin, {"hung_up": False, **values}, values, unchanged)) is not None


async def hang_up(database: Database, origin: str, room: str) -> str:
    """Its caller has hung up: nobody comes back to it. Tells the room that it is in: `room`, if nothing is known."""
    new = {"room": room, "uses": 0, "hung_up": True}
    return await database.commit(partial(_write, origin, new, {"hung_up": True}, None)) or room


def _write(
    origin: str, new: dict[str, Any], changed: dict[str, Any], where: ColumnElement[bool] | None, session: Session
) -> str | None:
    """Tells the room; None: it is not so that `where`."""
    now = datetime.now(UTC)
    insert = insert_into(session, StandingRow).values(origin=origin, changed_at=now, **new)
    written = insert.on_conflict_do_update(
        index_elements=["origin"], set_={**changed, "changed_at": now}, where=where
    ).returning(StandingRow.room)
    room: str | None = session.scalar(written)
    return room
