"""Tries at being verified: failures are counted for each target and each origin, and held back with growing waits.

A try is one transaction of its own: what it is counted under is locked first, so tries that are made at once come one
after another, and a try that ends in an exception was none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import FailedTries
from switchboard.upsert import insert_into

FREE = 3
"""Failures without a wait; the last of them is followed by the first wait."""
FREE_BY_KIND = {"address": 20}  # a house, an office or a whole network calls from one
WAITS = (timedelta(minutes=15), *(timedelta(days=days) for days in (1, 2, 4, 7)))
"""After so many failures, and after each further one; the last wait stays."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Failures are forgotten so long after the last of them, or after the wait that it brought."""


@dataclass(frozen=True)
class Counter:
    """What a try is counted under. `key` is a pseudonym."""

    kind: str
    key: str
    quiet: bool = False
    """The caller did not name it, so nothing may tell them that it is held: their try fails like any other."""


@dataclass(frozen=True)
class Verdict:
    """What became of a try."""

    passed: bool
    held: bool = False
    """Whether the next one has to wait, as far as the caller may know."""
    judged: bool = True
    """Whether it was looked at: one that is held back is not, whatever it brought."""
    newly_held: tuple[str, ...] = ()
    """The kinds of what is held from this try on."""


async def judge(session: AsyncSession, counters: Collection[Counter], *, right: bool, now: datetime) -> Verdict:
    """Pass a try that is `right`, count one that is not, and hold back either while something of it is held."""
    rows = await _locked(session, counters, now)
    quiet = {counter.key for counter in counters if counter.quiet}
    held = [row for row in rows if row.held_until > now]
    if any(row.key not in quiet for row in held):
        return Verdict(passed=False, held=True, judged=False)
    if right and not held:
        await _leave_no_trace(session, rows)
        return Verdict(passed=True)
    counted = [row for row in rows if row not in held]
    for row in counted:
        _count(row, now)
    await _forget(session, now)
    newly = [row for row in counted if row.held_until > now]
    told = any(row.key not in quiet for row in newly)
    return Verdict(False, told, judged=not held, newly_held=tuple(sorted({row.kind for row in newly})))


async def release(session: AsyncSession, keys: Iterable[str]) -> int:
    """Forget the failures counted under `keys`; tells how many of these there were."""
    counted = select(FailedTries).where(FailedTries.key.in_(list(keys))).order_by(FailedTries.key).with_for_update()
    rows = (await session.scalars(counted)).all()
    for row in rows:
        await session.delete(row)
    return len(rows)


async def _locked(session: AsyncSession, counters: Collection[Counter], now: datetime) -> list[FailedTries]:
    """The row of each counter, made where there is none; nobody else has them until the transaction ends."""
    kinds = {counter.key: counter.kind for counter in counters}
    new = {"failures": 0, "held_until": now, "forgotten_at": now}
    # Always in one order: two tries that share more than one row would wait for each other.
    values = [{"key": key, "kind": kinds[key], **new} for key in sorted(kinds)]
    insert = insert_into(session, FailedTries).values(values)
    locked = insert.on_conflict_do_update(index_elements=["key"], set_={"kind": insert.excluded.kind})
    rows = await session.scalars(locked.returning(FailedTries), execution_options={"populate_existing": True})
    found = list(rows.all())
    for row in found:
        if row.forgotten_at <= now:
            row.failures = 0
    return found


def _count(row: FailedTries, now: datetime) -> None:
    row.failures += 1
    step = row.failures - FREE_BY_KIND.get(row.kind, FREE)
    row.held_until = now + WAITS[min(step, len(WAITS) - 1)] if step >= 0 else now
    row.forgotten_at = row.held_until + FORGOTTEN_AFTER


async def _leave_no_trace(session: AsyncSession, rows: Iterable[FailedTries]) -> None:
    for row in rows:
        if row.failures == 0:
            await session.delete(row)


async def _forget(session: AsyncSession, now: datetime) -> None:
    """Remove what is long over; what another try holds at this moment is left to the next one."""
    await session.flush()
    over = select(FailedTries.key).where(FailedTries.forgotten_at <= now).with_for_update(skip_locked=True)
    await session.execute(delete(FailedTries).where(FailedTries.key.in_(over)))
