"""Two workers at one database: operators see both, and when one is killed that its call is lost."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.lines import LINES
from switchboard.database import Database
from switchboard.ledger.prices import Prices
from switchboard.operate.feed import Feed
from switchboard.operate.sight import Sight
from switchboard.operate.subscription import Subscription
from tests.app.line import Line, in_the_room, open_line
from tests.browser.participant import TRANSCRIPTS
from tests.livekit import LiveKitServer
from tests.postgres import Postgres

LINE = list(LINES.values())
GREETING = "Fernway"
PROMISE = 30.0
PATIENCE = 60.0


@pytest.fixture
async def line(livekit_server: LiveKitServer, postgres_templates: Postgres, tmp_path: Path) -> AsyncIterator[Line]:
    """At PostgreSQL, as workers on several machines are."""
    url = postgres_templates.create("lost", template="seeded")
    async with open_line(livekit_server, url, tmp_path) as line:
        await asyncio.to_thread(line.stack.simulator.start)
        yield line
    postgres_templates.drop("lost")


async def told(page: Subscription, kind: str, wanted: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(PATIENCE):
        async for message in page:
            if message.kind == kind and wanted(data := json.loads(message.data)):
                return data
    raise AssertionError("the feed is over")


async def test_the_call_of_a_worker_that_is_killed_is_lost_and_the_other_worker_is_there(
    line: Line, tmp_path: Path
) -> None:
    second = replace(line.worker, environ=dict(line.worker.environ), log=tmp_path / "second.log")
    async with (
        aclosing(Database(line.stack.database)) as database,
        aclosing(Feed(database, list(LINES.values()), Prices.read())) as feed,
    ):
        await asyncio.to_thread(line.worker.start)
        call = (await line.caller.post("/calls")).json()
        try:
            async with feed.all(Sight.ALL) as page, in_the_room(line, call) as caller:
                await caller.gets(TRANSCRIPTS, GREETING)
                await asyncio.to_thread(second.start)
                await told(page, "workers", lambda workers: sorted(worker["calls"] for worker in workers) == [0, 1])
                began = time.monotonic()
                line.worker.kill()
                lost = await told(page, "tile", lambda tile: tile["doing"] == "lost")
                assert time.monotonic() - began < PROMISE
                assert lost["ended_at"] is None
                assert [worker["calls"] for worker in await told(page, "workers", lambda them: len(them) == 1)]
        finally:
            second.kill()
