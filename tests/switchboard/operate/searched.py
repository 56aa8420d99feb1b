"""Whatever a call leaves behind, read as bytes: where somebody's words could still be found."""

from pathlib import Path

from sqlalchemy import text

from switchboard.database import Database

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}


async def database_text(database: Database) -> str:
    """All that all of its tables hold, in small letters; SQLite's search tables are tables as well."""
    async with database.read() as session:
        names = await session.scalars(text(TABLES[session.get_bind().dialect.name]))
        tables = [await session.execute(text(f'SELECT * FROM "{name}"')) for name in names.all()]
        return "\n".join(str(row) for table in tables for row in table).lower()


def files_text(*places: Path) -> str:
    """All that files hold, and those in folders, in small letters, with their names."""
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return "\n".join(f"{file} {file.read_bytes().decode('latin-1')}" for file in files if file.is_file()).lower()


def files_of(database: Database) -> list[Path]:
    """The files of SQLite's database, its write-ahead log among them."""
    if database.url.drivername.startswith("sqlite"):
        return list(Path(str(database.url.database)).parent.glob(f"{Path(str(database.url.database)).name}*"))
    return []
