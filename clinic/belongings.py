"""What the practice keeps of callers' words: why they come. It can be erased; that they come is kept."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.models import Appointment
from switchboard.line.business import Whom
from switchboard.pseudonyms import Pseudonyms


class Belongings:
    """Of callers. Patients and their times stay; counts of tries are hashes, without which an erasure opened a lock."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        """Nothing of these is kept under a pseudonym."""

    async def calls(self, session: AsyncSession, whom: Whom) -> set[str]:
        """The origins of calls in which they booked."""
        if whom.account is None:
            return set()
        keys = await session.scalars(
            select(Appointment.idempotency_key).where(Appointment.patient_id == int(whom.account))
        )
        return {key.partition(":")[0] for key in keys if key}

    async def erase(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> Mapping[str, int]:
        """Reasons are emptied; so many."""
        count = 0
        for theirs in _theirs(whom, origins):
            emptied = update(Appointment).where(theirs, Appointment.idempotency_key.is_not(None))
            emptied = emptied.values(reason="", idempotency_key=None)
            count += len((await session.execute(emptied.returning(Appointment.id))).all())
        return {"reasons of appointments": count}


def _theirs(whom: Whom, origins: Collection[str]) -> Iterator[ColumnElement[bool]]:
    if whom.account is not None:
        yield Appointment.patient_id == int(whom.account)
    for origin in origins:
        yield Appointment.idempotency_key.startswith(f"{origin}:", autoescape=True)
