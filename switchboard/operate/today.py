"""What the calls of a day came to, so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.tables import CallRow, DigestRow
from switchboard.ledger.turned_away import turned_away
from switchboard.operate.so_far import so_far


@dataclass(frozen=True)
class Today:
    """Of the calls that began today. Those that still run are in `calls`, `answered` and `to_person` only.

    `busy`: how many found no place, in that day's UTC; the ledger has no call of theirs.
    """

    calls: int
    answered: int
    busy: int
    ended: dict[str, int]
    """By reason."""
    to_person: int
    first_sound_p50_ms: float | None
    first_sound_p95_ms: float | None
    amount: Decimal | None
    """What those of known cost came to; None: in more than one currency."""
    currency: str | None
    unknown: int
    """How many calls are of a cost that is not wholly known."""

    def json(self) -> dict[str, Any]:
        """As `Today` of web/src/operate/types.ts."""
        amount = None if self.amount is None else f"{self.amount:f}"
        return {
            "calls": self.calls,
            "answered": self.answered,
            "busy": self.busy,
            "ended": self.ended,
            "to_person": self.to_person,
            "first_sound_ms": {"p50": self.first_sound_p50_ms, "p95": self.first_sound_p95_ms},
            "cost": {"amount": amount, "currency": self.currency, "unknown": self.unknown},
        }


async def today(database: Database, now: datetime) -> Today:
    """Since midnight, in the zone of `now`."""
    return await database.look(_today, now)


def _today(session: Session, now: datetime) -> Today:
    since = CallRow.started_at >= now.replace(hour=0, minute=0, second=0, microsecond=0)
    digests = select(DigestRow).join(CallRow, CallRow.id == DigestRow.call_id).where(since)
    ends = select(CallRow.ended_reason, func.count()).where(since).group_by(CallRow.ended_reason)
    ended = {row[0]: row[1] for row in session.execute(ends)}
    written = session.scalars(digests).all()
    bare = select(CallRow.id).outerjoin(DigestRow, DigestRow.call_id == CallRow.id)
    running = list(so_far(session, session.scalars(bare.where(since, DigestRow.call_id.is_(None))).all()).values())
    busy = turned_away(session, now.astimezone(UTC).date())
    known = [each for each in written if each.cost is not None]
    currencies = {each.currency for each in known if each.currency}
    return Today(
        calls=sum(ended.values()),
        answered=sum(bool(each.agent) for each in written) + sum(bool(each.agent) for each in running),
        busy=busy,
        ended={reason: calls for reason, calls in sorted(ended.items(), key=_often) if reason},
        to_person=sum(each.to_person for each in written) + sum(each.to_person for each in running),
        first_sound_p50_ms=_pooled(written, 0.5),
        first_sound_p95_ms=_pooled(written, 0.95),
        amount=sum((each.cost for each in known if each.cost), Decimal()) if len(currencies) < 2 else None,
        currency=currencies.pop() if len(currencies) == 1 else None,
        unknown=len(written) - len(known),
    )


def _often(ending: tuple[str | None, int]) -> tuple[int, str]:
    """The most frequent first."""
    reason, calls = ending
    return -calls, reason or ""


def _pooled(digests: Sequence[DigestRow], share: float) -> float | None:
    """Within which time that share of all answers came: of a call's, half come at its p50 and half at its p95."""
    points = [(each.first_sound_p50_ms, each.turns) for each in digests]
    points += [(each.first_sound_p95_ms, each.turns) for each in digests]
    weighed = sorted((ms, turns) for ms, turns in points if ms is not None)
    least = share * sum(turns for _, turns in weighed)
    reached = 0
    for ms, turns in weighed:
        reached += turns
        if reached >= least:
            return ms
    return None
