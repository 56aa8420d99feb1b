"""What is deleted is gone from the files, too; and what is written is there for other processes."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from switchboard.database import Database

WORDS = b"quokkas ate my parcel"


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    """A database in which somebody's words were deleted by one that only forgets where they stand."""
    file = tmp_path / "switchboard.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("CREATE TABLE said (words TEXT)")
        connection.execute("CREATE VIRTUAL TABLE search USING fts5(words)")
        for table in ("said", "search"):
            connection.executemany(f"INSERT INTO {table} VALUES (?)", [(f"{WORDS.decode()} {n}",) for n in range(500)])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("DELETE FROM said")
        connection.execute("DELETE FROM search")
        connection.commit()
    yield file
    connection.close()


def bytes_of(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


async def test_what_was_deleted_is_gone_from_sqlites_file_and_its_helpers(file: Path) -> None:
    assert WORDS in bytes_of(file)
    assert b"quokkas" in bytes_of(file)
    database = Database(f"sqlite:///{file}")
    assert await database.purge()
    left = bytes_of(file)
    await database.aclose()

    assert WORDS not in left
    assert b"quokkas" not in left, "the search tables have words of their own"


async def test_somebody_who_reads_meanwhile_is_told_of_and_then_it_is_done(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.database.PRAGMAS", ("busy_timeout=50",))
    database = Database(f"sqlite:///{file}")
    async with database.read() as session:
        await session.execute(text("SELECT * FROM said"))
        assert not await database.purge()
    assert await database.purge()
    await database.aclose()

    assert WORDS not in bytes_of(file)


async def test_a_server_can_be_purged_as_well(database: Database) -> None:
    assert await database.purge()


def count_elsewhere(file: Path) -> int:
    """What another process reads, which closes the file when it has."""
    look = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM said').fetchone())"
    return int(subprocess.run([sys.executable, "-c", look, file], capture_output=True, text=True, check=True).stdout)


async def test_what_a_call_writes_is_seen_by_other_processes_when_the_next_call_has_come(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.db"
    async with aclosing(Database(f"sqlite:///{file}")) as database:
        async with database.write() as session:
            await session.execute(text("CREATE TABLE said (words TEXT)"))
        async with aclosing(Database(f"sqlite:///{file}")):  # as each call of a worker with threads makes one
            for written in (1, 2, 3):
                async with database.write() as session:
                    await session.execute(text("INSERT INTO said VALUES ('hello')"))
                assert count_elsewhere(file) == written


async def test_what_is_looked_for_in_sqlite_is_found_while_the_event_loop_is_busy(file: Path) -> None:
    found = threading.Event()

    def look(session: Session, least: int) -> int:
        said = session.scalar(text("SELECT count(*) FROM search WHERE rowid > :least"), {"least": least}) or 0
        found.set()
        return int(said)

    async with aclosing(Database(f"sqlite:///{file}")) as database:
        looking = asyncio.create_task(database.look(look, 10))
        await asyncio.sleep(0)
        assert found.wait(10), "it waits for a turn of the event loop, which is busy here"
        assert await looking == 0
