"""The live feed at a PostgreSQL that is stopped and started again: whoever watches misses nothing."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from switchboard.database import Database
from switchboard.ledger.events import CallerSpoke
from switchboard.ledger.ledger import AWAY, Ledger
from switchboard.ledger.prices import Prices
from switchboard.migrations import upgrade
from switchboard.operate.feed import Feed
from switchboard.operate.sight import Sight
from switchboard.operate.subscription import Subscription
from tests.postgres import Postgres, running_postgres
from tests.switchboard.operate.made import answered
from workflows.support_line import SUPPORT_LINE

PATIENCE = 30.0


@pytest.fixture
def server() -> Iterator[Postgres]:
    """One of its own, that a test may stop."""
    with running_postgres() as server:
        yield server


async def said(page: Subscription, last: str) -> list[tuple[int, str]]:
    """What callers have said in the events that the page is told, up to that."""
    told: list[tuple[int, str]] = []
    async with asyncio.timeout(PATIENCE):
        while not told or told[-1][1] != last:
            message = await page.next()
            assert message, "the feed let the page go"
            event = json.loads(message.data)
            if event.get("kind") == "caller_spoke":
                told.append((event["seq"], event["text"]))
    return told


async def test_a_server_that_ends_connections_is_away_and_no_fault_of_what_is_stored(server: Postgres) -> None:
    async with aclosing(Database(server.create("ending"))) as database:
        with pytest.raises(AWAY):
            async with database.read() as session:
                await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        with pytest.raises(DBAPIError) as refused:
            async with database.read() as session:
                await session.execute(text("SELECT 1 / 0"))
        assert not isinstance(refused.value, AWAY)


async def test_what_happened_while_the_database_was_away_is_told_once_when_it_is_back(server: Postgres) -> None:
    url = server.create("watched")
    await asyncio.to_thread(upgrade, url)
    async with (
        aclosing(Database(url)) as database,
        aclosing(Database(url)) as elsewhere,
        aclosing(Feed(database, [SUPPORT_LINE], Prices(()))) as feed,
        Ledger(elsewhere, "call_1", SUPPORT_LINE.name) as ledger,
    ):
        ledger.write(answered())
        await ledger.saved()
        async with feed.one("call_1", 0, Sight.ALL) as page, feed.all(Sight.ALL) as wall:
            ledger.write(CallerSpoke(text="before"))
            assert await said(page, "before") == [(2, "before")]
            await asyncio.to_thread(server.halt)
            ledger.write(CallerSpoke(text="meanwhile"))
            await asyncio.sleep(2)  # so long it is away: nothing happens then that could be waited for
            await asyncio.to_thread(server.serve)
            ledger.write(CallerSpoke(text="after"))

            assert await said(page, "after") == [(3, "meanwhile"), (4, "after")]
            async with asyncio.timeout(PATIENCE):
                async for message in wall:
                    if message.kind == "tile" and (json.loads(message.data)["last"] or {}).get("text") == "after":
                        break
            assert feed.watchers == 2
