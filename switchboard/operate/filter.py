"""What a list of calls is narrowed by, as it comes from an address or the command line."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from switchboard.ledger.events import EndReason
from switchboard.operate.cursor import Cursor

MOST = 100
"""So many calls are on a page at most."""
RUNNING = "running"
LOST = "lost"
"""The outcome of a call that has no end, and will get none."""
OUTCOMES = (*get_args(EndReason), RUNNING, LOST)
LONGEST_NAME = 64
LONGEST_SEARCH = 200
BEGINS = {"until": "since", "max_seconds": "min_seconds", "max_cost": "min_cost"}
"""Where the range begins that ends with a part."""


class FilterError(ValueError):
    """A filter that cannot be meant; says what is allowed, and never what was given."""


def _moment(written: Any, *, end: bool) -> Any:
    """A moment in UTC; a day alone is its beginning, or its `end`. A time without a zone is in UTC."""
    if not isinstance(written, str):
        return written
    try:
        day = date.fromisoformat(written)
        return datetime.combine(day, time(), UTC) + timedelta(days=end)
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a day or a time as in ISO 8601, such as 2026-11-27 or 2026-11-27T09:30Z") from None


def _since(written: Any) -> Any:
    return _moment(written, end=False)


def _until(written: Any) -> Any:
    return _moment(written, end=True)


def _outcome(written: Any) -> Any:
    if written not in OUTCOMES:
        raise ValueError(f"one of {', '.join(OUTCOMES)}")
    return written


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Money = Annotated[Decimal, Field(ge=0, lt=100_000_000, allow_inf_nan=False)]


class Filter(BaseModel):
    """Which calls, and which page of them. Nothing given: all, the newest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    line: Name | None = None
    agent: Name | None = None
    """Who had the caller at some time."""
    outcome: Annotated[str, BeforeValidator(_outcome)] | None = None
    """Why it ended, "running", or "lost"."""
    rule: Name | None = None
    """Which struck in it."""
    since: Annotated[datetime, BeforeValidator(_since)] | None = Field(default=None, alias="from")
    """When it began, at the earliest."""
    until: Annotated[datetime, BeforeValidator(_until)] | None = Field(default=None, alias="to")
    """Before when it began; a day alone is meant as a whole."""
    min_seconds: Seconds | None = None
    """Of calls that are over: one that runs has no length yet."""
    max_seconds: Seconds | None = None
    min_cost: Money | None = None
    """Of calls whose cost is known."""
    max_cost: Money | None = None
    q: Annotated[str, Field(max_length=LONGEST_SEARCH)] | None = None
    """What was said in it: see `Search`."""
    after: Annotated[Cursor, BeforeValidator(Cursor.read)] | None = None
    """Where the page before ended."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50

    @field_validator(*BEGINS)
    @classmethod
    def _ends_after_it_begins(cls, end: Any, info: ValidationInfo) -> Any:
        begin = info.data.get(BEGINS[info.field_name or ""])
        if begin is not None and end is not None and (end < begin or (info.field_name == "until" and end == begin)):
            raise ValueError("the range has to end after it begins")
        return end

    @classmethod
    def of(cls, given: Mapping[str, str | None], called: Callable[[str], str] = str) -> Self:
        """That of an address's parameters; one that is empty is not given. Raises `FilterError`.

        `called` tells how whoever gave them calls each: it is told by that name.
        """
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as error:
            raise FilterError("; ".join(_refusal(each, called) for each in error.errors())) from None


def _refusal(error: Any, called: Callable[[str], str]) -> str:
    """What is allowed; pydantic's messages name bounds and types, and repeat no value."""
    allowed = sorted(field.alias or name for name, field in Filter.model_fields.items())
    if error["type"] == "extra_forbidden":
        return f"filters are {', '.join(allowed)}"
    return f"{called(error['loc'][0])}: {error['msg'].removeprefix('Value error, ')}"
