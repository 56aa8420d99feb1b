"""The live feed: what happens in calls reaches all who watch, by one reader, on both databases."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sql_events
from sqlalchemy import insert, update

from switchboard.database import Database
from switchboard.ledger.erasure import take_words
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Ended,
    Failed,
    HandoffDone,
    PersonStep,
    Recording,
    Speaks,
    ToolCalled,
    ToolReturned,
    Used,
)
from switchboard.ledger.ledger import Ledger
from switchboard.ledger.prices import Prices
from switchboard.ledger.tables import EventRow, WorkerRow
from switchboard.operate import feed as feed_module
from switchboard.operate import settled
from switchboard.operate.feed import Feed
from switchboard.operate.sight import Sight
from switchboard.operate.subscription import Message, Subscription
from tests.conftest import MakeUrl
from workflows.support_line import SUPPORT_LINE

ANSWERED = Answered(line="support-line", agent="greeter", provider="simulator", caller="+44 *** 123")
PRICES = Prices.read()
PATIENCE = 10.0


@pytest.fixture
def url(make_url: MakeUrl) -> str:
    return make_url("empty")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """As the web app has it."""
    async with aclosing(Database(url)) as database:
        yield database


@pytest.fixture
async def elsewhere(url: str) -> AsyncIterator[Database]:
    """The same as a worker has it: on SQLite nobody is told of their own changes."""
    async with aclosing(Database(url)) as database:
        yield database


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[Feed]:
    async with aclosing(Feed(database, [SUPPORT_LINE], PRICES)) as feed:
        yield feed


async def until(subscription: Subscription, kind: str, wanted: Any = lambda _: True) -> Any:
    """The next message of that kind which is as wanted."""
    async with asyncio.timeout(PATIENCE):
        async for message in subscription:
            if message.kind == kind and wanted(data := json.loads(message.data)):
                return data
    raise AssertionError(f"the feed is over, without {kind}")


def call(database: Database, name: str = "call_1", worker: str | None = None) -> Ledger:
    return Ledger(database, name, "support-line", name, worker=worker)


async def test_a_page_sees_what_a_call_does(feed: Feed, elsewhere: Database) -> None:
    steps: list[tuple[Any, str]] = [
        (ANSWERED, "thinking"),
        (Speaks(agent="greeter"), "speaking"),
        (AgentSpoke(agent="greeter", text="Welcome."), "listening"),
        (CallerSpoke(text="Where is it?"), "thinking"),
        (ToolCalled(agent="greeter", tool="find", call_id="t", arguments={}), "in a tool"),
        (Speaks(agent="greeter"), "in a tool"),
        (ToolReturned(agent="greeter", tool="find", call_id="t", result="", failed=False, ms=1), "thinking"),
        (PersonStep(agent="greeter", target="desk", stage="ringing"), "ringing a person"),
        (PersonStep(agent="greeter", target="desk", stage="busy"), "ringing a person"),
        (PersonStep(agent="greeter", target="desk", stage="joined"), "with a person"),
        (PersonStep(agent="greeter", target="desk", stage="handed_back"), "listening"),
    ]
    async with feed.all(Sight.ALL) as page, call(elsewhere) as ledger:
        first = await until(page, "now")
        assert first["calls"] == []
        assert first["lines"][0]["name"] == "support-line"
        assert first["today"]["calls"] == 0
        for event, doing in steps:
            seq = ledger.write(event).seq
            tile = await until(page, "tile", lambda tile, seq=seq: tile["seq"] == seq)
            assert (tile["doing"], tile["id"], tile["line"]) == (doing, "call_1", "support-line")
        assert (tile["caller"], tile["agent"]) == ("+44 *** 123", "greeter")
        assert tile["last"] == {"who": "caller", "text": "Where is it?"}

        ledger.write(
            HandoffDone(source="greeter", target="billing", arrived_ms=1, spoke_ms=1, silence_ms=1, socket_kept=True)
        )
        assert (await until(page, "tile"))["agent"] == "billing"
        ledger.write(Failed(source="realtime", message="APIError", recoverable=True))
        assert "error" in [alarm["rule"] for alarm in (await until(page, "tile"))["alarms"]]
        ledger.write(Ended(reason="goodbye"))
        tile = await until(page, "tile", lambda tile: tile["ended_at"])
        assert tile["outcome"] == "goodbye"
    async with feed.all(Sight.ALL) as page:
        assert (await until(page, "now"))["calls"] == []


async def test_numbers_are_masked_for_those_who_may_not_see_them(feed: Feed, elsewhere: Database) -> None:
    async with feed.all(Sight.MASKED) as operator, feed.all(Sight.ALL) as supervisor, call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        ledger.write(CallerSpoke(text="My order is 10042."))
        seen = await until(supervisor, "tile", lambda tile: tile["last"])
        assert seen["last"]["text"] == "My order is 10042."
        masked = await until(operator, "tile", lambda tile: tile["last"])
        assert not re.search(r"\b10042\b", json.dumps(masked))  # as a number: times have six digits


async def test_fifty_pages_ask_the_database_no_more_than_one(
    feed: Feed, elsewhere: Database, database: Database
) -> None:
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    async def read(pages: list[Subscription]) -> int:
        nonlocal asked
        before = asked
        async with call(elsewhere, f"call_{len(pages)}") as ledger:
            ledger.write(ANSWERED)
            for page in pages:
                await until(page, "tile", lambda tile: tile["id"] == f"call_{len(pages)}")
        return asked - before

    sql_events.listen(database._engine.sync_engine, "before_cursor_execute", count)
    async with feed.all(Sight.ALL) as first:
        alone = await read([first])
        async with asyncio.TaskGroup() as group:
            leave = asyncio.Event()
            there: asyncio.Queue[Subscription] = asyncio.Queue()

            async def watch() -> None:
                async with feed.all(Sight.ALL) as page:
                    there.put_nowait(page)
                    await leave.wait()

            for _ in range(49):
                group.create_task(watch())
            pages = [first, *[await there.get() for _ in range(49)]]
            assert feed.watchers == 50
            together = await read(pages)
            leave.set()
    assert together <= alone + 12  # a pulse may fall into either


async def test_one_call_is_told_from_where_it_was_left_and_to_its_end(feed: Feed, elsewhere: Database) -> None:
    async with call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        ledger.write(CallerSpoke(text="one"))
        await ledger.saved()
        async with feed.one("call_1", 1, Sight.ALL) as page:
            assert (await until(page, "event"))["text"] == "one"
            ledger.write(CallerSpoke(text="two"))
            assert (await until(page, "event"))["text"] == "two"
            ledger.write(Recording(stage="began", lanes=("caller",)))
            ledger.write(Ended(reason="goodbye"))
            await until(page, "event", lambda event: event["kind"] == "ended")
            await until(page, "story")
            async with feed.one("call_1", 5, Sight.ALL) as late:
                ledger.write(Recording(stage="stored", lanes=("caller",)))
                for each in (page, late):
                    assert (await until(each, "event"))["stage"] == "stored"
                    assert [message.kind async for message in each] == ["ended"]
    async with feed.one("call_1", 0, Sight.ALL) as page:
        assert [message.kind async for message in page] == ["ended"]


async def test_whoever_has_missed_the_end_of_a_call_is_told_to_read_what_it_came_to(
    feed: Feed, elsewhere: Database
) -> None:
    async with call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        ledger.write(Ended(reason="goodbye"))
    async with feed.one("call_1", 1, Sight.ALL) as page, feed.all(Sight.ALL) as wall:
        assert (await until(page, "event"))["kind"] == "ended"
        await until(page, "story")
        assert (await until(wall, "now"))["calls"] == []


async def test_a_recording_that_never_comes_is_not_waited_for(
    feed: Feed, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "PULSE_SECONDS", 0.05)
    async with call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        ledger.write(Recording(stage="began", lanes=("caller",)))
        ledger.write(Ended(reason="goodbye"))
    async with feed.one("call_1", 3, Sight.ALL) as page:
        monkeypatch.setattr(settled, "SETTLES", timedelta(0))
        assert [message.kind async for message in page] == ["ended"]


async def test_what_work_costs_is_told_as_it_is_done_and_what_has_no_price_is_unknown(
    feed: Feed, elsewhere: Database
) -> None:
    async with call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        await ledger.saved()
        async with feed.one("call_1", 0, Sight.MASKED) as page:
            for model in ("gpt-realtime-2", "nobody's model"):
                ledger.write(Used(agent="greeter", work="answer", model=model, units={"text_in": 1_000_000}))
            known = await until(page, "event", lambda event: event["kind"] == "used")
            assert known["cost"] == {"amount": "4.00", "currency": "USD", "unknown": []}
            unknown = await until(page, "event")
            assert unknown["cost"] == {"amount": None, "currency": None, "unknown": ["nobody's model"]}


async def test_whoever_watches_a_call_is_told_that_what_they_have_read_has_changed(
    feed: Feed, elsewhere: Database
) -> None:
    async with call(elsewhere) as ledger:
        ledger.write(ANSWERED)
        ledger.write(CallerSpoke(text="My secret is swordfish."))
        await ledger.saved()
        async with feed.one("call_1", 2, Sight.ALL) as page, feed.all(Sight.ALL) as wall:
            ledger.mask.hide("swordfish")
            ledger.write(Speaks(agent="greeter"))
            await until(page, "story")
            assert "swordfish" not in json.dumps(await until(wall, "tile"))
            async with elsewhere.write() as session:
                await session.run_sync(take_words, "call_1")
            await until(page, "story")
            assert (await until(wall, "tile", lambda tile: not tile["last"]))["caller"] is None


async def test_whoever_reads_too_slowly_is_let_go(feed: Feed) -> None:
    slow = Subscription(Sight.ALL, most=3)
    for number in range(4):
        slow.tell(Message.of("tile", number))
    assert [message async for message in slow] == []


async def test_all_are_let_go_when_the_web_app_stops(feed: Feed) -> None:
    async with feed.all(Sight.ALL) as page, feed.one("call_1", 0, Sight.ALL) as other:
        await feed.aclose()
        async with asyncio.timeout(PATIENCE):
            assert [message async for message in page] == []
            assert [message async for message in other] == []
    async with feed.all(Sight.ALL) as late:
        assert [message async for message in late] == []


async def test_nothing_is_read_while_nobody_watches(feed: Feed) -> None:
    async with feed.all(Sight.ALL):
        assert feed._work is not None
    assert feed._work is None


async def test_workers_are_told_and_calls_of_one_that_is_gone_are_lost(
    feed: Feed, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "PULSE_SECONDS", 0.05)
    now = datetime.now(UTC)
    async with elsewhere.write() as session:
        for name, age in (("alive", 0), ("dead", 25)):
            seen = now - timedelta(seconds=age)
            await session.execute(insert(WorkerRow).values(id=name, calls=1, most=20, seen_at=seen))
    async with (
        call(elsewhere, "a", "alive") as mine,
        call(elsewhere, "d", "dead") as theirs,
        call(elsewhere, "n") as none,
    ):
        for ledger in (mine, theirs, none):
            ledger.write(ANSWERED.model_copy())
            await ledger.saved()
        async with feed.all(Sight.ALL) as page:
            assert [worker["id"] for worker in (await until(page, "now"))["workers"]] == ["alive"]
            async with feed.one("d", 1, Sight.ALL) as watched:
                async with elsewhere.write() as session:  # long ago, for all of them
                    await session.execute(update(EventRow).values(wall=now - timedelta(seconds=25)))
                assert (await until(page, "tile", lambda tile: tile["doing"] == "lost"))["id"] == "d"
                await until(watched, "story")
            assert [each.id for each in feed._board.calls.values() if each.lost] == ["d"]
            async with elsewhere.write() as session:
                await session.execute(update(WorkerRow).where(WorkerRow.id == "dead").values(seen_at=datetime.now(UTC)))
            assert (await until(page, "tile", lambda tile: tile["id"] == "d"))["doing"] == "thinking"


class HeldDatabase(Database):
    """Whose answers are held back."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.free = asyncio.Event()
        self.free.set()
        self.asked = asyncio.Event()

    async def look(self, *asked: Any, **named: Any) -> Any:
        found = await super().look(*asked, **named)
        self.asked.set()
        await self.free.wait()
        return found


async def test_who_comes_while_the_last_one_goes_sees_the_calls(url: str, elsewhere: Database) -> None:
    async with (
        aclosing(HeldDatabase(url)) as database,
        aclosing(Feed(database, [SUPPORT_LINE], PRICES)) as feed,
        call(elsewhere) as ledger,
        AsyncExitStack() as coming,
    ):
        async with feed.all(Sight.ALL) as first:
            ledger.write(ANSWERED)
            await until(first, "tile")
            database.free.clear()
            database.asked.clear()
            second = asyncio.create_task(coming.enter_async_context(feed.all(Sight.ALL)))
            await database.asked.wait()
        database.free.set()
        async with asyncio.timeout(PATIENCE):
            page = await second
        assert [tile["id"] for tile in (await until(page, "now"))["calls"]] == ["call_1"]
