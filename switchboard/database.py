"""One database for the engine and the business: short transactions, SQLite or PostgreSQL."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from switchboard.files import keep_private, private_file, private_folder
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.postgres import connect_arguments
from switchboard.text import clean, cleaned

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

Work = Literal["read", "write"]
Waited = Callable[[Work, float], None]
Found = TypeVar("Found")
Asked = ParamSpec("Asked")

PURGE_SECONDS = 3600.0
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")
"""A zero stands where something was deleted: an update and what is forgotten leave no words in the file."""
IN_MEMORY = (None, "", ":memory:")
"""Databases of SQLite that each connection has for itself."""
WRITER = {"sqlite_begin": "BEGIN IMMEDIATE"}
"""See `_begin_sqlite`."""
SEARCHES = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
"""SQLite's search tables, which forget nothing until they are told to."""
BEGINNINGS_OF_AWAY = ("08", "53", "57P")
"""How PostgreSQL's codes begin of which the sense is: not now. It starts, it stops, it is full."""
PATIENCE = {"timeout": 5.0, "command_timeout": 15.0}
"""Seconds for a connection and for a command: a server that hangs would be waited for without an end."""


class Database:
    """A pool of connections to the database at `url` (see `async_url` for the forms it takes).

    All text is clean (`switchboard/text.py`) before it is stored or looked for. An error tells no values.
    `pseudonyms` are for what is kept in it and must not be read; without them their key comes from the URL.
    `waited` hears of each transaction for how many seconds: for a connection, for its work, for the commit.
    """

    def __init__(
        self, url: str, pseudonyms: Pseudonyms | None = None, waited: Waited = lambda _work, _seconds: None
    ) -> None:
        self.url = async_url(url)
        self.pseudonyms = pseudonyms or Pseudonyms(url)
        self._waited = waited
        server = self.url.drivername != DRIVERS["sqlite"]
        told: dict[str, Any] = {"hide_parameters": True, "json_serializer": _clean_json}
        if server:
            connected = {**PATIENCE, **connect_arguments(url)}
            self._engine = create_async_engine(self.url, connect_args=connected, pool_pre_ping=True, **told)
        else:
            self._engine = create_async_engine(self.url, **told)
            _make_file(self.url)
        in_file = not server and self.url.database not in IN_MEMORY
        self._beside = create_engine(self.url.set(drivername="sqlite"), **told) if in_file else None
        for engine in filter(None, (self._engine.sync_engine, self._beside)):
            _prepare(engine)
        self._readers = async_sessionmaker(self._engine, expire_on_commit=False)
        self._writers = self._readers
        if not server:
            self._writers = async_sessionmaker(self._engine.execution_options(**WRITER), expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: it never waits for a writer."""
        with self._timed("read"):
            async with self._readers.begin() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end of the block, or rolled back when it raises.

        Keep it short: on SQLite there is one writer at a time, and the others wait for it.
        """
        with self._timed("write"):
            async with self._writers.begin() as session:
                yield session

    async def look(
        self, work: Callable[Concatenate[Session, Asked], Found], *args: Asked.args, **named: Asked.kwargs
    ) -> Found:
        """What `work` finds in a transaction that only reads; it is given the session first, and those arguments.

        On SQLite it runs in a thread, as that of `commit`; use it for what somebody waits for.
        """

        def finds(session: Session) -> Found:
            return work(session, *args, **named)

        with self._timed("read"):
            if self._beside:
                return await asyncio.to_thread(_transact, self._beside, finds)
            async with self._readers.begin() as session:
                return await session.run_sync(finds)

    async def commit(self, work: Callable[[Session], Found]) -> Found:
        """`work` as a transaction of its own; what it returns.

        On SQLite it runs in a thread, and is done while the event loop is busy: `write` waits for the loop a dozen
        times. Who is cancelled meanwhile does not stop it.
        """
        with self._timed("write"):
            if self._beside:
                return await asyncio.to_thread(_transact, self._beside.execution_options(**WRITER), work)
            async with self._writers.begin() as session:
                return await session.run_sync(work)

    @contextmanager
    def _timed(self, work: Work) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._waited(work, time.monotonic() - began)

    async def purge(self) -> bool:
        """Have what was deleted gone from the files as well; False: somebody reads just now, so some may be left.

        SQLite's file is written anew, for which its writers wait. PostgreSQL gives the place to whatever is written
        next; its own log and its backups are its own.
        """
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            if self.url.drivername != DRIVERS["sqlite"]:
                await driver.execute("VACUUM", timeout=PURGE_SECONDS)
                return True
            for (name,) in await driver.execute_fetchall(SEARCHES):
                await driver.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608 - a table of ours
            await driver.execute("VACUUM")
            ((busy, *_),) = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            return not busy

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of any transaction, for who listens to the database: nobody else gets it afterwards."""
        async with self._engine.connect() as connection:
            try:
                yield connection
            finally:
                await connection.invalidate()

    async def aclose(self) -> None:
        """Close the pool. A closed database opens again when it is used."""
        await self._engine.dispose()
        if self._beside:
            self._beside.dispose()


def async_url(url: str) -> URL:
    """`sqlite:///file.db` or `postgresql://user:password@host/name`, with the async driver that we use.

    What stands behind PostgreSQL's question mark is left out: it goes to the driver (`connect_arguments`).
    """
    parsed = make_url(url)
    driver = DRIVERS.get(parsed.drivername, parsed.drivername)
    return parsed.set(drivername=driver, query=parsed.query if driver == DRIVERS["sqlite"] else {})


def _transact(engine: Engine, work: Callable[[Session], Found]) -> Found:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


def _prepare(engine: Engine) -> None:
    event.listen(engine, "before_cursor_execute", _clean_execution, retval=True)
    event.listen(engine, "handle_error", _told_as_away)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _told_as_away(context: ExceptionContext) -> Exception | None:
    """SQLAlchemy has no kind for a server that starts or stops; it would look like a fault of the values."""
    error = context.sqlalchemy_exception
    code = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    if type(error) is DBAPIError and error.orig and code.startswith(BEGINNINGS_OF_AWAY):
        return OperationalError(error.statement, error.params, error.orig, hide_parameters=True)
    return None


def _clean_execution(
    _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    return statement, _clean_values(values)


def _clean_values(values: Any) -> Any:
    """One value, one row or many, in whatever the driver takes for them."""
    match values:
        case str():
            return clean(values)
        case dict():
            return {name: _clean_values(each) for name, each in values.items()}
        case list() | tuple():
            return type(values)(map(_clean_values, values))
        case _:
            return values


def _clean_json(value: Any) -> str:
    return json.dumps(cleaned(value))


def _make_file(url: URL) -> None:
    """Before SQLite does, which lets everybody read it; it gives its helpers the permissions of the file."""
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        private_folder(file.parent)
        private_file(file)
        for helper in ("-wal", "-shm"):
            keep_private(file.with_name(file.name + helper))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late for a read followed by a write; `_begin_sqlite` says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, so
    # a writer says at its beginning that it will write, and waits its turn (busy_timeout) there.
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
