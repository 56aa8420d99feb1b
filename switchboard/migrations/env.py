"""Alembic's entry: runs the migrations on the database that `upgrade` names, or on the settings' one from the shell."""

import asyncio
from pkgutil import resolve_name

from alembic import context
from sqlalchemy import Connection, MetaData, text

from switchboard.database import Database
from switchboard.ledger.tables import Base
from switchboard.migrations import LOCK
from switchboard.migrations.autogenerate import Branches
from switchboard.settings.environment import load_settings


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    branches = Branches(Base.metadata, businesses())
    context.configure(
        connection=connection,
        render_as_batch=True,
        target_metadata=branches.tables,
        include_object=lambda *given: branches.include(context.get_context(), *given),
        render_item=branches.render,
    )
    with context.begin_transaction():
        context.run_migrations()


def businesses() -> dict[str, MetaData]:
    """The tables of each business, where alembic's own settings (pyproject.toml) say who knows them."""
    known = context.config.get_alembic_option("businesses")
    return {each.name: each.tables for each in resolve_name(known)} if isinstance(known, str) else {}


async def main() -> None:
    database = Database(context.config.attributes.get("database_url") or load_settings().storage.url.get_secret_value())
    try:
        async with database.write() as session:
            await (await session.connection()).run_sync(migrate)
    finally:
        await database.aclose()


asyncio.run(main())
