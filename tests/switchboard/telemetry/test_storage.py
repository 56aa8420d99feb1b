"""How long work waits for the database, and how far the ledger is behind."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from switchboard.database import Database, Found
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke
from switchboard.ledger.ledger import GATHER_SECONDS
from tests.conftest import MakeUrl


class Away(Database):
    """Away until it is told otherwise."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.back = asyncio.Event()
        self.asked = asyncio.Event()

    async def commit(self, work: Callable[[Session], Found]) -> Found:
        if not self.back.is_set():
            self.asked.set()
            raise OperationalError("INSERT", None, Exception("away"))
        return await super().commit(work)


async def test_each_transaction_tells_how_long_it_took_also_one_that_fails(make_url: MakeUrl) -> None:
    heard: list[tuple[str, float]] = []
    database = Database(make_url("empty"), waited=lambda work, seconds: heard.append((work, seconds)))
    async with database.read() as session:
        await session.connection()
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            await session.connection()
            raise RuntimeError
    await database.aclose()
    assert [work for work, _ in heard] == ["read", "write"]
    assert all(0 < seconds < 30 for _, seconds in heard)


async def test_the_ledgers_lag_is_known_while_the_database_is_away(make_url: MakeUrl) -> None:
    database, lags = Away(make_url("empty")), list[float]()
    async with Ledger(database, "call_1", "line", lag=lags.append) as ledger:
        ledger.write(CallerSpoke(text="Hello?"))
        await database.asked.wait()
        await asyncio.sleep(0)
        (away,) = lags
        database.back.set()
        await ledger.saved()
    await database.aclose()
    assert GATHER_SECONDS * 0.9 < away < lags[-1]
