"""The tools' clock; tests and rehearsals set it."""

from contextvars import ContextVar
from datetime import UTC, datetime

_STANDS_AT: ContextVar[datetime | None] = ContextVar("stands at", default=None)


def now() -> datetime:
    """The time, in UTC."""
    return _STANDS_AT.get() or datetime.now(UTC)


def stop(at: datetime) -> None:
    """It is `at` from now on, for this task and whatever it starts."""
    _STANDS_AT.set(at)
