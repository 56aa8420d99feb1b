"""The practice's tables. Times are UTC."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from switchboard.columns import NAMES, UtcDateTime


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, date: Date, str: String(200)}  # noqa: RUF012 - SQLAlchemy's own way


class Patient(Base):
    """Somebody on the practice's list. Of the code word only a hash of its keys is known (see `clinic/codes.py`)."""

    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    born_on: Mapped[date] = mapped_column(index=True)
    code_salt: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))


class Appointment(Base):
    """A time with somebody of the practice; free while it has no patient."""

    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(unique=True)
    clinician: Mapped[str]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)


class PatientTries(Base):
    """How often somebody was not identified, by a date of birth or from an origin; `key` is a pseudonym."""

    __tablename__ = "patient_tries"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int]
    held_until: Mapped[datetime]
