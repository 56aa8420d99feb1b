"""What some calls have and others do not, each in a table of its own; and how calls with several of them are found.

Either few have one: then these are all that need be looked at. Or many have it: then the newest calls are looked at,
one after the other, until a page is full. Left alone a database chooses wrongly: it does not know how many there are,
or that a page is all that is wanted.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, String, any_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from switchboard.ledger.tables import CallRow

Condition = ColumnElement[bool]

FEW = 2000
"""So many calls are looked at one by one, and put in order, in a few milliseconds."""


@dataclass(frozen=True)
class Trait:
    """Something that calls have."""

    having: Select[str]
    """The ids of those that are over and have it, each once."""
    had: Condition
    """Whether a call of `calls` is among them."""
    running: Collection[str] = ()
    """The ids of those that still run and have it."""
    at_most: Select[str] | None = None
    """The same as `having` and perhaps some more, where these are counted sooner."""


def with_all(session: Session, traits: Iterable[Trait]) -> list[Condition]:
    """Conditions on `calls`: it has each of them."""
    dialect = session.get_bind().dialect.name
    conditions: list[Condition] = []
    few: set[str] | None = None
    for trait in traits:
        counting = trait.having if trait.at_most is None else trait.at_most
        counted = select(func.count()).select_from(counting.limit(FEW + 1).subquery())
        if (session.scalar(counted) or 0) > FEW:
            conditions.append(or_(trait.had, among(trait.running, dialect)) if trait.running else trait.had)
        else:
            having = {*session.scalars(trait.having), *trait.running}
            few = having if few is None else few & having
    return conditions if few is None else [among(few, dialect), *conditions]


def running(session: Session) -> Sequence[str]:
    """The ids of the calls that are not over: they are few, and what they have stands in their events alone."""
    return session.scalars(select(CallRow.id).where(CallRow.ended_at.is_(None))).all()


def among(ids: Collection[str], dialect: str) -> Condition:
    """Whether a call is one of these. They are one parameter: a thousand are slow to read, and have an end."""
    if not ids:
        return false()
    if dialect == "postgresql":
        return CallRow.id == any_(bindparam(None, list(ids), type_=ARRAY(String)))
    each: Any = func.json_each(json.dumps(list(ids))).table_valued("value")
    return CallRow.id.in_(select(each.c.value))
