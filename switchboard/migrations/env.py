"""Alembic's entry: runs the migrations on the database that `upgrade` names, or on the settings' one from the shell."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text

from switchboard.database import Database
from switchboard.migrations import LOCK
from switchboard.settings.environment import load_settings


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    database = Database(context.config.attributes.get("database_url") or load_settings().storage.url.get_secret_value())
    try:
        async with database.write() as session:
            await (await session.connection()).run_sync(migrate)
    finally:
        await database.aclose()


asyncio.run(main())
