"""Patients as operators name them on the command line: by their number on the list, or by their date of birth."""

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clinic import patients
from clinic.models import Patient
from switchboard.pseudonyms import Pseudonyms

PATIENT_ID = re.compile(r"[1-9]\d{0,8}", re.ASCII)


class Accounts:
    """The practice's patients."""

    named_by = ("date of birth (1984-03-14)",)

    async def find(self, session: AsyncSession, said: str) -> str | None:
        """The patient of that number; of a date of birth, where it is one patient's only."""
        if born_on := _date(said):
            born = (await session.scalars(select(Patient.id).where(Patient.born_on == born_on))).all()
            return str(born[0]) if len(born) == 1 else None
        patient = await session.get(Patient, int(said)) if PATIENT_ID.fullmatch(said) else None
        return str(patient.id) if patient else None

    async def unlock(self, session: AsyncSession, pseudonyms: Pseudonyms, said: str) -> int | None:
        """Forget the failures with a date of birth."""
        born_on = _date(said)
        return await patients.release(session, [patients.birthday(pseudonyms, born_on)]) if born_on else None

    async def unlock_origin(self, session: AsyncSession, pseudonyms: Pseudonyms, kind: str, value: str) -> int:
        """Forget the failures of a number, an address or a call."""
        return await patients.release(session, [patients.origin(pseudonyms, kind, value)])


def _date(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if "-" in said else None
    except ValueError:
        return None
