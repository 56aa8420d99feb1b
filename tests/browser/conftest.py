"""The stack and the browsers of the browser tests."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from playwright.async_api import Browser

from switchboard.database import Database
from tests.browser.caller import CHROMIUM, browser
from tests.browser.sound import record
from tests.browser.stack import ROOT, Stack
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]


@pytest.fixture(scope="session")
def chromium_here() -> None:
    """Debian's Chromium and the built page; without them the test is skipped, except in CI."""
    missing = "" if CHROMIUM.exists() else f"There is no {CHROMIUM}: run `scripts/packages` (Debian's package `chromium`)."
    if not (ROOT / "web" / "dist" / "index.html").exists():
        missing = "The page is not built: run `main.py demo --web` once, or `npm run build` in web/."
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def stack(
    chromium_here: None,
    livekit_server: LiveKitServer,
    sqlite_templates: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """All parts, once for all tests."""
    folder = tmp_path_factory.mktemp("stack")
    shutil.copy(sqlite_templates / "seeded.db", folder / "switchboard.db")
    running = Stack(livekit_server, f"sqlite:///{folder}/switchboard.db", folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
async def ledger(stack: Stack) -> AsyncIterator[Database]:
    """The database that the stack writes to."""
    async with aclosing(Database(stack.database)) as database:
        yield database


@pytest.fixture
async def quiet(stack: Stack, tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser whose caller says nothing."""
    async with browser(record(tmp_path / "quiet.wav", [1.0])) as chromium:
        yield chromium
