"""Migrations that two processes start at once, as two hosts or two Kubernetes jobs would."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest
from sqlalchemy import text

from app.data import VERSIONS
from switchboard.database import Database
from switchboard.migrations import LOCK, pending
from tests.deploy.engine import ROOT
from tests.postgres import Postgres

PATIENCE = 60.0
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND NOT granted"


@pytest.fixture
def url(postgres: Postgres, database_numbers: Iterator[int]) -> Iterator[str]:
    """A database without any table."""
    name = f"bare_{next(database_numbers)}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture
async def bare(url: str) -> AsyncIterator[Database]:
    async with aclosing(Database(url)) as database:
        yield database


async def test_two_that_migrate_at_once_wait_for_one_another(url: str, bare: Database) -> None:
    async with bare.write() as holder:
        await holder.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        both = [await migrate(url), await migrate(url)]
        await waiting(bare, 2)
    outputs = [await asyncio.wait_for(each.communicate(), PATIENCE) for each in both]

    assert [each.returncode for each in both] == [0, 0], outputs
    assert await pending(bare, VERSIONS) == set()


async def migrate(url: str) -> asyncio.subprocess.Process:
    """A process that does what `main.py migrate` does."""
    pipe = asyncio.subprocess.PIPE
    code = "import sys; from app import data; data.upgrade(sys.argv[1], data.VERSIONS)"
    return await asyncio.create_subprocess_exec(sys.executable, "-c", code, url, cwd=ROOT, stdout=pipe, stderr=pipe)


async def waiting(database: Database, number: int) -> None:
    """Wait until so many processes wait for the lock."""
    async with asyncio.timeout(PATIENCE):
        found = 0
        while found != number:
            await asyncio.sleep(0.1)
            async with database.read() as session:
                found = await session.scalar(text(WAITING), {"lock": LOCK}) or 0
