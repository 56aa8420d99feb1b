"""Database migrations. The engine and each business have branches of their own, so that a shop can be dropped."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect

from switchboard.database import Database

ENGINE_VERSIONS = Path(__file__).parent / "versions"
LOCK = 5_115_077
"""PostgreSQL's lock that a process holds while it migrates: any number, the same for all of them."""


def upgrade(database_url: str, version_locations: Sequence[Path] = ()) -> None:
    """Bring the database at `database_url` to the newest revision of the engine's and every given branch.

    Runs its own event loop: call it from outside of one. Two processes may call it at once: the second waits.
    """
    config = _config(version_locations)
    config.attributes["database_url"] = database_url
    command.upgrade(config, "heads")


async def pending(database: Database, version_locations: Sequence[Path] = ()) -> set[str]:
    """Revisions that the database does not have yet; empty when it is up to date."""
    heads = set(ScriptDirectory.from_config(_config(version_locations)).get_heads())
    async with database.read() as session:
        return heads - await (await session.connection()).run_sync(_current_heads)


async def unknown(database: Database, version_locations: Sequence[Path] = ()) -> set[str]:
    """Revisions that the database has and nobody here has written: with one of them it cannot be upgraded."""
    known = {revision.revision for revision in ScriptDirectory.from_config(_config(version_locations)).walk_revisions()}
    async with database.read() as session:
        return await (await session.connection()).run_sync(_current_heads) - known


async def absent(database: Database, tables: MetaData) -> list[str]:
    """Which of the tables the database does not have, whatever its revision says."""
    async with database.read() as session:
        return await (await session.connection()).run_sync(_absent, tables)


def _absent(connection: Connection, tables: MetaData) -> list[str]:
    return sorted(set(tables.tables) - set(inspect(connection).get_table_names()))


def _current_heads(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _config(version_locations: Sequence[Path]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "newline")
    locations = "\n".join(str(path) for path in (ENGINE_VERSIONS, *version_locations))
    config.set_main_option("version_locations", locations)
    return config
