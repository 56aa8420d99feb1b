"""The database: brought up to date, and filled with the example shop."""

import asyncio
import sys
from contextlib import aclosing, suppress
from datetime import UTC, datetime

import typer
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from app.process import HERE, fail, settings
from shop.seed import seed
from switchboard.database import Database
from switchboard.migrations import pending, upgrade
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Settings
from switchboard.telemetry.storage import waited

VERSIONS = (HERE / "shop" / "migrations" / "versions",)
"""The business's migrations, beside the engine's."""
UNREACHABLE = (SQLAlchemyError, OSError)
"""What a connection that cannot be made raises."""


def database_of(chosen: Settings) -> Database:
    """The database of the settings."""
    return Database(chosen.storage.url.get_secret_value(), Pseudonyms(chosen.pseudonym_secret), waited)


def run_migrate() -> None:
    """Bring the database of the settings up to date."""
    typer.echo(migrate(settings()))


def run_seed() -> None:
    """The same, and fill the shop."""
    run_migrate()
    typer.echo(asyncio.run(fill_shop(settings())))


def migrate(chosen: Settings) -> str:
    """Bring the database to the newest version of the tables; says so."""
    reach(chosen)
    upgrade(chosen.storage.url.get_secret_value(), VERSIONS)
    return f"{chosen.storage.shown_url} is up to date."


def prepare_database(chosen: Settings) -> None:
    """Bring an embedded database up to date and fill a new one; refuse a server's that is behind.

    Where a simulator stands in for a model that nobody named, callers get its example shop on a server as well.
    """
    if chosen.storage.url.get_secret_value().startswith("sqlite"):
        migrate(chosen)
        if not chosen.storage.given("url"):
            asyncio.run(fill_shop(chosen))
        return

    reach(chosen)

    async def missing() -> set[str]:
        async with aclosing(database_of(chosen)) as database:
            return await pending(database, VERSIONS)

    if asyncio.run(missing()):
        fail(f"The database {chosen.storage.shown_url} is not up to date. Run: {sys.argv[0]} migrate")
    if chosen.provider is None and chosen.simulated_at:
        with suppress(IntegrityError):  # another worker fills it at this moment
            asyncio.run(fill_shop(chosen))


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


async def fill_shop(chosen: Settings) -> str:
    """Give the shop its example customers and orders, if it has none; says what was added."""
    async with aclosing(database_of(chosen)) as database, database.write() as session:
        return str(await seed(session, datetime.now(UTC)))
