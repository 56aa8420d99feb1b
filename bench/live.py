"""How long an event of a call takes until operators see it: 20 running calls, and 20 pages of *Now*.

A web app in a process of its own serves the pages. The calls' ledgers write into its database from here, as workers do:
about one event a second in each call. Taken is the time from an event's writing until the call's tile that came to a
page tells of it, once for each page.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from bench.figures import Figures, bar
from bench.lists import ENGINES, Engine
from bench.rounds import progress
from bench.stack import ROOT, parts_in
from stack.parts import Part
from stack.ports import Port, take
from stack.readiness import log_says
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event
from switchboard.ledger.ledger import Ledger
from switchboard.migrations import upgrade
from tests.postgres import Postgres

CALLS = 20
PAGES = 20
SECONDS = 30.0
BETWEEN = (0.5, 1.5)
"""Seconds from one event of a call to its next one."""
MOST_MS = 300.0
"""Within which an event is to be seen, p95."""
PATIENCE = 20.0
PASSWORD = "as-long-as-a-password-is-to-be"
NOBODY = {"LIVEKIT_URL": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "bench", "LIVEKIT_API_SECRET": "bench" * 8}
"""No page of this asks LiveKit for anything."""


class Watched:
    """When each event was written, and what the pages have not shown yet."""

    def __init__(self, engine: Engine, figures: Figures[Engine]) -> None:
        self._engine = engine
        self._figures = figures
        self._written: dict[tuple[str, int], float] = {}
        self._all_shown = asyncio.Event()
        self._waits = 0

    def writes(self, call_id: str, event: Event) -> None:
        """A ledger has written it."""
        self._written[call_id, event.seq] = time.monotonic()
        self._waits += PAGES
        self._all_shown.clear()

    def shows(self, call_id: str, shown: int, seq: int) -> None:
        """A tile that came to a page tells of all events up to `seq`; those up to `shown` were there before."""
        now = time.monotonic()
        for each in range(shown + 1, seq + 1):
            self._figures.add(self._engine, now - self._written[call_id, each])
            self._waits -= 1
        if not self._waits:
            self._all_shown.set()

    async def all_shown(self) -> None:
        """Wait until every page has shown every event."""
        async with asyncio.timeout(PATIENCE):
            await self._all_shown.wait()


async def measure(folder: Path, seconds: float = SECONDS) -> Figures[Engine]:
    """On both databases. Raises `LocalError` where the web app does not start."""
    figures: Figures[Engine] = Figures()
    for engine in ENGINES:
        with _database(engine, folder) as url:
            await asyncio.to_thread(upgrade, url)  # it runs a loop of its own
            progress(f"live, {engine}: {CALLS} calls, {PAGES} pages, {seconds:.0f} s")
            async with _web(folder / engine, url) as address:
                await _calls(url, address, seconds, Watched(engine, figures))
    progress("")
    return figures


@contextmanager
def _database(engine: Engine, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'live.db'}"
        return
    server = Postgres()
    try:
        server.start()
        yield server.create("live")
    finally:
        server.stop()


@asynccontextmanager
async def _web(folder: Path, database_url: str) -> AsyncIterator[str]:
    """The web app; its address."""
    ((port,), _) = take(Port("the web app", 0).another())
    address = f"http://127.0.0.1:{port.number}"
    environ = {
        **NOBODY,
        "REALTIME_PROVIDER": "simulator",
        "DATABASE_URL": database_url,
        "HTTP_PORT": str(port.number),
        "OPERATE_PASSWORD": PASSWORD,
    }
    command = (sys.executable, str(ROOT / "main.py"), "web")
    async with parts_in(folder, lambda _text: None) as (_, _, parts):
        await parts.start(
            Part("web", command, log_says("Uvicorn running"), environ=environ, folder=folder, ready_seconds=60)
        )
        yield address


async def _calls(url: str, address: str, seconds: float, watched: Watched) -> None:
    """Make them, and look on."""
    async with (
        httpx2.AsyncClient(base_url=address, timeout=PATIENCE) as browser,
        aclosing(Database(url)) as database,
        asyncio.TaskGroup() as looking,
    ):
        (await browser.post("/operate/sign-in", json={"password": PASSWORD})).raise_for_status()
        async with AsyncExitStack() as open_:
            pages = [await open_.enter_async_context(browser.stream("GET", "/operate/api/live")) for _ in range(PAGES)]
            look = [looking.create_task(_look(page.raise_for_status().aiter_lines(), watched)) for page in pages]
            async with asyncio.TaskGroup() as calls:
                for number in range(CALLS):
                    calls.create_task(_call(database, number, seconds, watched))
            await watched.all_shown()
            for each in look:
                each.cancel()


async def _call(database: Database, number: int, seconds: float, watched: Watched) -> None:
    """People take turns to speak in it."""
    dice, call_id = random.Random(number), f"call_{number}"
    ends = time.monotonic() + seconds

    def written(event: Event) -> None:
        watched.writes(call_id, event)

    async with Ledger(database, call_id, "support-line", listeners=(written,)) as ledger:
        ledger.write(Answered(line="support-line", agent="greeter", provider="simulator"))
        while time.monotonic() < ends:
            await asyncio.sleep(dice.uniform(*BETWEEN))
            ledger.write(CallerSpoke(text=f"I have called about parcel {dice.randrange(100_000)}"))
            await asyncio.sleep(dice.uniform(*BETWEEN))
            ledger.write(AgentSpoke(agent="greeter", text="It is on its way."))
        ledger.write(Ended(reason="goodbye"))


async def _look(lines: AsyncIterator[str], watched: Watched) -> None:
    """A page of *Now*: each tile that comes to it takes the place of the one before."""
    shown: dict[str, int] = {}
    kind = ""
    async for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data" and kind in ("now", "tile"):
            told = json.loads(value)
            for tile in told["calls"] if kind == "now" else [told]:
                watched.shows(tile["id"], shown.get(tile["id"], 0), tile["seq"])
                shown[tile["id"]] = tile["seq"]


HEADS = ("ms until an event is on a page", "p50", "p95", "most")


def rows(figures: Figures[Engine]) -> list[list[str]]:
    """For a table."""
    return [[engine, *(f"{figures.at(engine, percent):.0f}" for percent in (50, 95, 100))] for engine in ENGINES]


def bars(figures: Figures[Engine]) -> list[tuple[str, bool]]:
    """What was asked, and whether it holds."""
    found = [(engine, figures.at(engine, 95)) for engine in ENGINES]
    return [
        (bar(f"event to page on {engine}, p95 at most {MOST_MS:.0f} ms", most, most <= MOST_MS), most <= MOST_MS)
        for engine, most in found
    ]


def as_json(figures: Figures[Engine]) -> dict[str, Any]:
    """p50 and p95 of the database that is slower, and of each."""
    slower = max(ENGINES, key=lambda engine: figures.at(engine, 95))
    return {**figures.both(slower), **{engine: figures.both(engine) for engine in ENGINES}}
