"""A business as each call finds it: a database that is made once, and copied for every call."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Table

from rehearsal.rows import Books
from switchboard.database import Database
from switchboard.line.business import Business
from switchboard.migrations import upgrade


@dataclass(frozen=True)
class Prepared:
    """The business with its example, as it is at `now`, in the file `template`."""

    business: Business | None
    now: datetime
    template: Path

    @property
    def books(self) -> Books:
        """Its tables."""
        return Books(tables_of(self.business), self.now)

    async def private(self, database: Database) -> frozenset[str]:
        """What nobody may hear who has not been verified, in lower case."""
        if self.business is None or self.business.private is None:
            return frozenset()
        async with database.read() as session:
            return frozenset(word.casefold() for word in await self.business.private(session))

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[Database]:
        """A copy, for one call."""
        with TemporaryDirectory(prefix="rehearsal-") as folder:
            copy = shutil.copy(self.template, folder)
            async with aclosing(Database(f"sqlite:///{copy}")) as database:
                yield database


def prepare(business: Business | None, now: datetime, template: Path) -> Prepared:
    """Make the template, a new file. Runs event loops of its own."""
    url = f"sqlite:///{template}"
    upgrade(url, [business.migrations] if business else [])
    asyncio.run(_fill(url, business, now))
    return Prepared(business, now, template)


def tables_of(business: Business | None) -> Mapping[str, Table]:
    """By their names; none without a business."""
    return business.tables.tables if business else {}


def columns_of(business: Business | None) -> Mapping[str, Collection[str]]:
    """The names of the columns, by those of the tables."""
    return {name: table.c.keys() for name, table in tables_of(business).items()}


async def _fill(url: str, business: Business | None, now: datetime) -> None:
    async with aclosing(Database(url)) as database:
        if business and business.seed:
            async with database.write() as session:
                await business.seed(session, now)
        await database.purge()  # all of it is in the one file now, which is what is copied
