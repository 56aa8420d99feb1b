"""The database of the engine and of every line's business: brought up to date, and filled with their examples."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import TypeVar

import typer
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from app.lines import BUSINESSES
from app.process import fail, settings
from switchboard.database import Database
from switchboard.line.business import Business
from switchboard.migrations import absent, pending, unknown, upgrade
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Settings
from switchboard.telemetry.storage import waited

VERSIONS = tuple(business.migrations for business in BUSINESSES)
"""The businesses' migrations, beside the engine's."""
UNREACHABLE = (SQLAlchemyError, OSError)
"""What a connection that cannot be made raises."""

Answer = TypeVar("Answer")


def database_of(chosen: Settings) -> Database:
    """The database of the settings."""
    return Database(chosen.storage.url.get_secret_value(), Pseudonyms(chosen.pseudonym_secret), waited)


def run_migrate() -> None:
    """Bring the database of the settings up to date."""
    typer.echo(migrate(settings()))


def run_seed() -> None:
    """The same, and fill it with the examples."""
    run_migrate()
    typer.echo(asyncio.run(fill(settings())) or "Nothing to add: no line has a business with an example.")


def migrate(chosen: Settings) -> str:
    """Bring the database to the newest version of the tables; says so. Exits with 2 where that cannot be."""
    reach(chosen)
    if strange := asyncio.run(_asked(chosen, lambda database: unknown(database, VERSIONS))):
        names = ", ".join(sorted(strange))
        fail(
            f"The database {chosen.storage.shown_url} has tables that nobody here knows ({names}): of a newer "
            "version, or of a business that no line names. Start that version, let a line name the "
            "business, or delete these rows of its table alembic_version."
        )
    upgrade(chosen.storage.url.get_secret_value(), VERSIONS)
    _fail_without_tables(chosen)
    return f"{chosen.storage.shown_url} is up to date."


def prepare_database(chosen: Settings) -> None:
    """Bring an embedded database up to date and fill a new one; refuse a server's that is behind.

    Where a simulator stands in for a model that nobody named, callers get the examples on a server as well.
    """
    if chosen.storage.url.get_secret_value().startswith("sqlite"):
        migrate(chosen)
        if not chosen.storage.given("url"):
            asyncio.run(fill(chosen))
        return

    reach(chosen)
    if asyncio.run(_asked(chosen, lambda database: pending(database, VERSIONS))):
        fail(f"The database {chosen.storage.shown_url} is not up to date. Run: {sys.argv[0]} migrate")
    _fail_without_tables(chosen)
    if chosen.provider is None and chosen.simulated_at:
        with suppress(IntegrityError):  # another worker fills it at this moment
            asyncio.run(fill(chosen))


def reach(chosen: Settings) -> None:
    """Say that the database cannot be reached, if it cannot, and exit with 2."""

    async def connect() -> None:
        async with aclosing(database_of(chosen)) as database, database.read() as session:
            await session.connection()

    try:
        asyncio.run(connect())
    except UNREACHABLE as error:
        fail(f"The database {chosen.storage.shown_url} cannot be reached: {cause_of(error)}.")


def cause_of(error: Exception) -> str:
    """What kind of error it is, without its text: that of the driver, which SQLAlchemy's stands around."""
    driver = error.orig if isinstance(error, DBAPIError) else None
    return type(driver.__cause__ or driver if driver else error).__name__


async def fill(chosen: Settings) -> str:
    """Give each business its example, if it is empty; says what was added, a line for each."""
    async with aclosing(database_of(chosen)) as database:
        return "\n".join(await fill_database(database, datetime.now(UTC)))


async def fill_database(database: Database, now: datetime) -> list[str]:
    """The same for an open database and a moment of one's own."""
    told = []
    for business in BUSINESSES:
        if business.seed:
            async with database.write() as session:
                told.append(str(await business.seed(session, now)))
    return told


async def without_tables(database: Database, businesses: Iterable[Business]) -> list[str]:
    """What each business lacks though all migrations are done: somebody forgot to write one. A sentence for each."""
    lacking = [(business.name, await absent(database, business.tables)) for business in businesses]
    return [
        f"the business {name} has no table {', '.join(tables)}; write the migration that makes it "
        '(CONTRIBUTING.md, "Change the database"), then run: main.py migrate'
        for name, tables in lacking
        if tables
    ]


def _fail_without_tables(chosen: Settings) -> None:
    if lacking := asyncio.run(_asked(chosen, lambda database: without_tables(database, BUSINESSES))):
        fail("\n".join(f"The database {chosen.storage.shown_url}: {each}" for each in lacking))


async def _asked(chosen: Settings, question: Callable[[Database], Awaitable[Answer]]) -> Answer:
    async with aclosing(database_of(chosen)) as database:
        return await question(database)
