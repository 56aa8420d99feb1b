"""Appointments: which are free, whose is which, booked and given back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.models import Appointment
from clinic.patients import Account


class TakenError(Exception):
    """Somebody else has this time."""


async def free(session: AsyncSession, now: datetime) -> Sequence[Appointment]:
    """Those that can be booked, the next one first."""
    wanted = select(Appointment).where(Appointment.patient_id.is_(None), Appointment.starts_at > now)
    return (await session.scalars(wanted.order_by(Appointment.starts_at))).all()


async def of(session: AsyncSession, account: Account, now: datetime) -> Sequence[Appointment]:
    """A patient's own that lie ahead."""
    wanted = select(Appointment).where(Appointment.patient_id == account.patient_id, Appointment.starts_at > now)
    return (await session.scalars(wanted.order_by(Appointment.starts_at))).all()


async def book(session: AsyncSession, account: Account, appointment: Appointment, reason: str, key: str) -> Appointment:
    """Give a patient the time; asked again with the same key it is theirs already. Raises TakenError."""
    known = await session.scalar(select(Appointment).where(Appointment.idempotency_key == key))
    if known is not None:
        return known
    theirs = {"patient_id": account.patient_id, "reason": reason, "idempotency_key": key}
    free = update(Appointment).where(Appointment.id == appointment.id, Appointment.patient_id.is_(None))
    if await session.scalar(free.values(**theirs).returning(Appointment.id)) is None:
        raise TakenError
    return appointment


async def give_back(session: AsyncSession, account: Account, appointment: Appointment) -> None:
    """It is free for others; of what it was for nothing is kept."""
    theirs = update(Appointment).where(Appointment.id == appointment.id, Appointment.patient_id == account.patient_id)
    await session.execute(theirs.values(patient_id=None, reason="", idempotency_key=None))
