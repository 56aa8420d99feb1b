"""The live feed over real HTTP: for whom, what, and how it ends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from rehearsal.made import scenario_of
from stack.ports import free_port
from switchboard.database import Database
from switchboard.http import create_app
from switchboard.http.operate import event_stream
from switchboard.http.server import build_server
from switchboard.ledger.events import CallerSpoke, Ended
from switchboard.ledger.ledger import Ledger
from switchboard.operate.audit import entries
from switchboard.settings.schema import Web
from tests.switchboard.http.house import LINES, PRICES, House, error_of, storage_in
from tests.switchboard.http.operate.conftest import PASSWORD, with_door
from tests.switchboard.http.test_app import NOWHERE
from tests.switchboard.operate.made import answered

LIVE = "/operate/api/live"
PROMISE = 2.0


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, Database, Any]]:
    """The app at a real address, somebody who has signed in, and the database as a worker has it."""
    storage = await storage_in(folder)
    web = Web(port=free_port())
    settings = with_door(password=SecretStr(PASSWORD)).model_copy(update={"storage": storage, "web": web})
    server = build_server(create_app(settings, NOWHERE, LINES, None, PRICES, scenario_of), web)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        async with (
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=10) as browser,
            aclosing(Database(storage.url.get_secret_value())) as database,
        ):
            assert (await browser.post("/operate/sign-in", json={"password": PASSWORD})).status_code == 204
            yield browser, database, server
    finally:
        server.should_exit = True
        await running


async def events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, Any, str | None]]:
    said: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(": ")
            said[name] = value
        elif "event" in said:
            yield said["event"], json.loads(said["data"]), said.get("id")
            said = {}


async def the(kind: str, told: AsyncIterator[tuple[str, Any, str | None]]) -> tuple[Any, str | None]:
    async for name, data, number in told:
        if name == kind:
            return data, number
    raise AssertionError(f"it is over, without {kind}")


async def test_a_page_is_told_what_happens_and_it_is_written_down_who_watches(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, database, _), browser.stream("GET", LIVE) as page:
        assert page.headers["content-type"].startswith("text/event-stream")
        assert page.headers["cache-control"] == "no-store"
        told = events(page.aiter_lines())
        assert (await the("now", told))[0]["calls"] == []
        async with Ledger(database, "call_1", "support-line") as ledger:
            ledger.write(answered())
            tile, _ = await the("tile", told)
            assert tile["id"] == "call_1"
            ledger.write(Ended(reason="goodbye"))
            assert (await the("tile", told))[0]["outcome"] == "goodbye"
        assert [(entry.what, entry.call) for entry in await entries(database, 1)] == [("watched", None)]


async def test_a_call_goes_on_where_a_browser_had_lost_it(tmp_path: Path) -> None:
    path = "/operate/api/calls/call_1/live"
    async with served(tmp_path) as (browser, database, _), Ledger(database, "call_1", "support-line") as ledger:
        for event in (answered(), CallerSpoke(text="one"), CallerSpoke(text="two")):
            ledger.write(event)
        await ledger.saved()
        for query, headers in (({"after": "2"}, {}), ({"after": "1"}, {"Last-Event-ID": "2"})):
            async with browser.stream("GET", path, params=query, headers=headers) as page:
                event, number = await the("event", events(page.aiter_lines()))
                assert (event["text"], number) == ("two", "3")
        unknown = await browser.get("/operate/api/calls/nobody/live")
        assert (unknown.status_code, error_of(unknown)) == (404, "call_unknown")
        assert (await entries(database, 1, call="call_1"))[0].what == "looked"


@pytest.mark.parametrize("path", [LIVE, "/operate/api/calls/call_1/live"])
async def test_while_there_is_nothing_to_tell_a_page_hears_that_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(event_stream, "BEAT_SECONDS", 0.05)
    async with served(tmp_path) as (browser, database, _), Ledger(database, "call_1", "support-line") as ledger:
        ledger.write(answered())
        await ledger.saved()
        async with browser.stream("GET", path) as page:
            told = events(page.aiter_lines())
            for _ in range(3):
                assert await the("beat", told) == ({}, None)


async def test_who_watches_does_not_keep_the_web_app_from_stopping(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, _database, server), browser.stream("GET", LIVE) as page:
        told = events(page.aiter_lines())
        await the("now", told)
        began = time.monotonic()
        server.should_exit = True
        async for _ in told:
            pass
        assert time.monotonic() - began < PROMISE


@pytest.mark.parametrize("path", [LIVE, "/operate/api/calls/call_1/live"])
async def test_without_sign_in_nothing_is_told(guarded: House, path: str) -> None:
    async with guarded.caller() as stranger:
        refused = await stranger.get(path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "signed_out")
