"""Fills an empty practice: some patients, and the times of the coming working days, one of which each has taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.codes import hashed, keys_of
from clinic.models import Appointment, Patient
from switchboard.calendar import WORKING_DAYS, ZONE, day_of

DAYS = 7
TIMES = (time(9), time(9, 20), time(10, 40), time(11), time(14, 20), time(15), time(16, 40))
CLINICIANS = ("Doctor Okoye", "Doctor Lindqvist", "Nurse Marsh")


@dataclass(frozen=True)
class DemoPatient:
    """One whom the documentation knows, with their code word."""

    name: str
    born_on: date
    code_word: str


ERIKA = DemoPatient("Erika Brandt", date(1984, 3, 14), "ROSE")
TOM = DemoPatient("Tom Whitfield", date(1951, 11, 2), "ANCHOR")
ZARA = DemoPatient("Zara Haddad", date(1999, 7, 30), "MAPLE")
PATIENTS = (ERIKA, TOM, ZARA)


@dataclass(frozen=True)
class Seeded:
    """How many rows of each kind were added."""

    patients: int
    appointments: int

    def __str__(self) -> str:
        if not self.patients + self.appointments:
            return "Nothing to add: the practice is filled already."
        return f"Added {self.patients} patients, {self.appointments} times for appointments."


async def seed(session: AsyncSession, now: datetime) -> Seeded:
    """Add the patients if there are none, and the times of days that have come nearer."""
    known = (await session.scalars(select(Patient).order_by(Patient.id))).all()
    new = [] if known else list(_patients())
    session.add_all(new)
    await session.flush()
    there = set(await session.scalars(select(Appointment.starts_at)))
    patients = [*known, *new]
    times = [each for each in _appointments(patients, now) if each.starts_at not in there]
    session.add_all(times)
    await session.flush()
    return Seeded(len(new), len(times))


def _patients() -> Iterator[Patient]:
    dice = Random(1)
    for each in PATIENTS:
        salt = f"{dice.getrandbits(128):032x}"
        kept = hashed(keys_of(each.code_word), salt)
        yield Patient(name=each.name, born_on=each.born_on, code_salt=salt, code_hash=kept)


def _appointments(patients: list[Patient], now: datetime) -> Iterator[Appointment]:
    for place, starts_at in enumerate(_times(now)):
        patient = patients[place // 9] if place % 9 == 3 and place // 9 < len(patients) else None
        clinician = CLINICIANS[place % len(CLINICIANS)]
        reason = "Check-up." if patient else ""
        yield Appointment(
            starts_at=starts_at, clinician=clinician, patient_id=patient.id if patient else None, reason=reason
        )


def _times(now: datetime) -> Iterator[datetime]:
    day, days = day_of(now), 0
    while days < DAYS:
        if day.weekday() in WORKING_DAYS:
            days += 1
            yield from (at for clock in TIMES if (at := datetime.combine(day, clock, ZONE)) > now)
        day += timedelta(days=1)
