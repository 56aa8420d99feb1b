"""What tables of every branch have in common: how constraints are named, times in UTC, and sums of money."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import DateTime, Dialect, Numeric, TypeDecorator

ENGINE = "switchboard"
"""The label of the engine's own branch of migrations."""
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""The names of indexes and constraints, for a table's `MetaData`."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, with its zone on every database; SQLite would drop it. A time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone: pass a datetime with tzinfo")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sum(TypeDecorator[Decimal]):
    """A sum of money to its millionths, the same on every database; SQLite has no decimals, and keeps 14 digits."""

    impl = Numeric(14, 6, asdecimal=False)
    cache_ok = True

    def process_result_value(self, value: float | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(f"{value:.6f}")
