"""Patients, and the right to see their appointments: by date of birth and code word, three tries at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.codes import fits
from clinic.models import Patient, PatientTries
from switchboard.pseudonyms import Pseudonyms
from switchboard.upsert import insert_into

FREE = 3
WAIT = timedelta(minutes=30)
"""After that many failures, and after each further one; twice as long each time, up to `LONGEST`."""
LONGEST = timedelta(days=4)


@dataclass(frozen=True)
class Account:
    """The right to see and to change one patient's appointments, for a caller who was identified."""

    patient_id: int


@dataclass(frozen=True)
class Tried:
    """What became of a try: whose it is, if it was right; `held`: the next one has to wait."""

    patient: Patient | None = None
    held: bool = False


async def identify(
    session: AsyncSession, pseudonyms: Pseudonyms, born_on: date, keys: str, origins: Sequence[str], now: datetime
) -> Tried:
    """One try. What it is counted under is locked first, so that tries that are made at once come one after another."""
    rows = await _locked(session, sorted({birthday(pseudonyms, born_on), *origins}), now)
    if any(row.held_until > now for row in rows):
        return Tried(held=True)
    born = await session.scalars(select(Patient).where(Patient.born_on == born_on).order_by(Patient.id))
    patient = next((each for each in born if fits(keys, each.code_salt, each.code_hash)), None)
    if patient is not None:
        return Tried(patient)
    for row in rows:
        row.failures += 1
        if row.failures >= FREE:
            row.held_until = now + min(LONGEST, WAIT * 2 ** (row.failures - FREE))
    return Tried(held=any(row.held_until > now for row in rows))


def birthday(pseudonyms: Pseudonyms, born_on: date) -> str:
    """What tries with a date of birth are counted under."""
    return pseudonyms.of("clinic date of birth", born_on)


def origin(pseudonyms: Pseudonyms, kind: str, value: str) -> str:
    """The same for a "number", an "address" or a "call"."""
    return pseudonyms.of(f"clinic {kind}", value)


async def release(session: AsyncSession, keys: Iterable[str]) -> int:
    """Forget the failures that are counted under these; so many there were."""
    done = delete(PatientTries).where(PatientTries.key.in_(list(keys)), PatientTries.failures > 0)
    return len((await session.execute(done.returning(PatientTries.key))).all())


async def _locked(session: AsyncSession, keys: Sequence[str], now: datetime) -> list[PatientTries]:
    insert = insert_into(session, PatientTries).values([{"key": key, "failures": 0, "held_until": now} for key in keys])
    locked = insert.on_conflict_do_update(index_elements=["key"], set_={"key": insert.excluded.key})
    rows = await session.scalars(locked.returning(PatientTries), execution_options={"populate_existing": True})
    return list(rows.all())
