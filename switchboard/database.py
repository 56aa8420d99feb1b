"""One database for the engine and the business: short transactions, SQLite or PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Database:
    """A pool of connections to the database at `url` (see `async_url` for the forms it takes)."""

    def __init__(self, url: str) -> None:
        self.url = async_url(url)
        self._engine = create_async_engine(self.url, pool_pre_ping=self.url.drivername != DRIVERS["sqlite"])
        if self.url.drivername == DRIVERS["sqlite"]:
            _make_folder(self.url)
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)
        self._readers = async_sessionmaker(self._engine, expire_on_commit=False)
        self._writers = self._readers
        if self.url.drivername == DRIVERS["sqlite"]:
            self._writers = async_sessionmaker(
                self._engine.execution_options(sqlite_begin="BEGIN IMMEDIATE"), expire_on_commit=False
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: it never waits for a writer."""
        async with self._readers.begin() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end of the block, or rolled back when it raises.

        Keep it short: on SQLite there is one writer at a time, and the others wait for it.
        """
        async with self._writers.begin() as session:
            yield session

    async def aclose(self) -> None:
        """Close the pool. A closed database opens again when it is used."""
        await self._engine.dispose()


def async_url(url: str) -> URL:
    """`sqlite:///file.db` or `postgresql://user:password@host/name`, with the async driver that we use."""
    parsed = make_url(url)
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late for a read followed by a write; `_begin_sqlite` says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, so
    # a writer says at its beginning that it will write, and waits its turn (busy_timeout) there.
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
