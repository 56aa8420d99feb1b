"""What a setting takes, in words, as its type has it: a sentence beside the type would drift from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

UNITS = {"MS": "milliseconds", "SECONDS": "seconds", "DURATION": "seconds", "MINUTES": "minutes", "DAYS": "days"}
"""By the last word of the setting's name."""


@dataclass(frozen=True)
class Takes:
    """What a type of ours takes, in words that go on from "expected"."""

    words: str


def expected(name: str, field: FieldInfo) -> str:
    """What the setting of that name takes."""
    kind, marks = _plain(field.annotation, field.metadata)
    if said := next((mark.words for mark in marks if isinstance(mark, Takes)), None):
        return said
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return _listed(get_args(kind))
    if kind in (int, float):
        return _number(kind, UNITS.get(name.rpartition("_")[2]), marks)
    raise TypeError(f"{name}: the type does not tell what it takes; give it `Takes`")


def _plain(kind: Any, marks: Iterable[Any]) -> tuple[Any, list[Any]]:
    """The type without `None` and `Annotated`, and all that stands beside it."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        return _plain(kind, [*marks, *more])
    return kind, list(marks)


def _listed(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


def _number(kind: type, unit: str | None, marks: list[Any]) -> str:
    what = ("a whole number" if kind is int else "a number") + (f" of {unit}" if unit else "")
    limits = {limit: getattr(mark, limit) for mark in marks for limit in ("gt", "ge", "le") if hasattr(mark, limit)}
    if "gt" in limits:
        return f"{what} above {limits['gt']}, at most {limits['le']}"
    return f"{what} from {limits['ge']} to {limits['le']}"
