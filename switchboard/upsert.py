"""An insert that may find its row there already: both databases know it, each in a dialect of its own."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(session: AsyncSession | Session, table: type[Any]) -> Any:
    """An `INSERT` of `session`'s database, with `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return INSERT[session.get_bind().dialect.name](table)
