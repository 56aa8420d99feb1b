"""The database: brought up to date, and filled with the example shop."""

import asyncio
import sys
from contextlib import aclosing, suppress
from datetime import UTC, datetime

import typer
from sqlalchemy.exc import IntegrityError

from app.process import HERE, fail, settings
from shop.seed import seed
from switchboard.database import Database
from switchboard.migrations import pending, upgrade
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Settings

VERSIONS = (HERE / "shop" / "migrations" / "versions",)
"""The business's migrations, beside the engine's."""


def database_of(chosen: Settings) -> Database:
    """The database of the settings."""
    return Database(chosen.storage.url.get_secret_value(), Pseudonyms(chosen.pseudonym_secret))


def run_migrate() -> None:
    """Bring the database of the settings up to date."""
    typer.echo(migrate(settings()))


def run_seed() -> None:
    """The same, and fill the shop."""
    run_migrate()
    typer.echo(asyncio.run(fill_shop(settings())))


def migrate(chosen: Settings) -> str:
    """Bring the database to the newest version of the tables; says so."""
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

    async def missing() -> set[str]:
        async with aclosing(database_of(chosen)) as database:
            return await pending(database, VERSIONS)

    if asyncio.run(missing()):
        fail(f"The database {chosen.storage.shown_url} is not up to date. Run: {sys.argv[0]} migrate")
    if chosen.provider is None and chosen.simulated_at:
        with suppress(IntegrityError):  # another worker fills it at this moment
            asyncio.run(fill_shop(chosen))


async def fill_shop(chosen: Settings) -> str:
    """Give the shop its example customers and orders, if it has none; says what was added."""
    async with aclosing(database_of(chosen)) as database, database.write() as session:
        return str(await seed(session, datetime.now(UTC)))
