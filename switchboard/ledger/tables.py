"""The ledger's tables."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from switchboard.columns import NAMES, Sum, UtcDateTime

RUNS = text("ended_at IS NULL")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, date: Date, dict[str, Any]: JSON, str: String}  # noqa: RUF012 - SQLAlchemy's own


class CallRow(Base):
    """A call, kept for its retention time."""

    __tablename__ = "calls"
    __table_args__ = (
        Index(None, "line", "started_at"),
        Index(None, "ended_reason", "started_at"),
        Index("ix_calls_running", "started_at", sqlite_where=RUNS, postgresql_where=RUNS),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    origin: Mapped[str | None] = mapped_column(index=True)
    """What calls that go on from one another have in common: the name of the first one's room."""
    caller: Mapped[str | None] = mapped_column(String(40), index=True)
    """A pseudonym by which they are known when they call again, on a line that wants that, and when they are erased."""
    worker: Mapped[str | None]
    """Who has it, as `WorkerRow` knows them; None: nobody who says that they are alive."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often events were changed that had been stored: whoever has read them reads them again."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class EventRow(Base):
    """One event of a call, in order."""

    __tablename__ = "call_events"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[float]
    wall: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class DigestRow(Base):
    """What a call came to, written with its end by the worker that had it: lists and filters read no events."""

    __tablename__ = "call_digests"

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    agent: Mapped[str] = mapped_column(index=True)
    """Who had the caller last."""
    caller: Mapped[str | None]
    """Their number, masked."""
    seconds: Mapped[float] = mapped_column(index=True)
    cost: Mapped[Decimal | None] = mapped_column(Sum, index=True)
    """None: some of it is not known, or nothing was used."""
    currency: Mapped[str | None] = mapped_column(String(3))
    first_sound_p50_ms: Mapped[float | None]
    first_sound_p95_ms: Mapped[float | None]
    turns: Mapped[int]
    to_person: Mapped[bool]
    """Whether the caller was joined to a person, or sent to another phone."""


class CallAgentRow(Base):
    """An agent who had the caller of a call."""

    __tablename__ = "call_agents"
    __table_args__ = (Index(None, "agent", "call_id"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    agent: Mapped[str] = mapped_column(primary_key=True)


class FindingRow(Base):
    """A rule that struck in a call."""

    __tablename__ = "call_findings"
    __table_args__ = (Index(None, "rule", "call_id"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """In the order of `at`, from 1."""
    rule: Mapped[str]
    at: Mapped[float]
    sentence: Mapped[str]


class StandingRow(Base):
    """How the call of a page stands, which goes on in the calls of one origin; kept as long as a call."""

    __tablename__ = "call_standings"

    origin: Mapped[str] = mapped_column(primary_key=True)
    room: Mapped[str]
    """Where it is now."""
    uses: Mapped[int]
    """How many of its resume tokens have been used up."""
    attempt: Mapped[str | None] = mapped_column(String(64))
    """Who tries the same once more, because the answer was lost, says the same here."""
    hung_up: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(index=True)


class RecordingRow(Base):
    """A recording that may be somewhere: it is removed with its call, be it that the storage did not answer then."""

    __tablename__ = "recordings"

    call_id: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)


class SpentRow(Base):
    """How often something was had on a day; `key` is a pseudonym of what, and by whom."""

    __tablename__ = "spent"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    times: Mapped[int]


class WorkerRow(Base):
    """A worker that takes calls; it says so every few seconds, and is gone when it has not for a while."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    most: Mapped[int]
    """So many it takes."""
    seen_at: Mapped[datetime] = mapped_column(index=True)
    """By the database's clock."""


class AuditRow(Base):
    """Who has seen, heard, exported or erased what. It outlives the call, and holds no word of a caller."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    subject: Mapped[str]
    """Who, for the sign-in service, for good."""
    name: Mapped[str]
    """Who, for people to read."""
    role: Mapped[str] = mapped_column(String(16))
    what: Mapped[str] = mapped_column(String(16))
    call_id: Mapped[str | None] = mapped_column(index=True)
    wanted: Mapped[dict[str, Any] | None]
    """By what a list was filtered."""
