"""The stack and the browsers of the browser tests."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from switchboard.database import Database
from tests.browser.caller import CHROMIUM, Caller, browser, on_page
from tests.browser.operator import PASSWORD
from tests.browser.sound import record
from tests.browser.stack import ROOT, Stack
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]


@pytest.fixture(scope="session")
def chromium_here() -> None:
    """Debian's Chromium and the built page; without them the test is skipped, except in CI."""
    missing = (
        "" if CHROMIUM.exists() else f"There is no {CHROMIUM}: run `scripts/packages` (Debian's package `chromium`)."
    )
    if not (ROOT / "web" / "dist" / "index.html").exists():
        missing = "The page is not built: run `.venv/bin/python main.py page`."
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
    with _running(livekit_server, sqlite_templates, tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def scripted_stack(
    chromium_here: None, livekit_server: LiveKitServer, sqlite_templates: Path, tmp_path: Path
) -> Iterator[Stack]:
    """Another one on the same server, whose model follows `call.script.yaml`."""
    script = Path(__file__).with_name("call.script.yaml")
    with _running(livekit_server, sqlite_templates, tmp_path, agent="scripted", script=script) as running:
        yield running


@pytest.fixture(scope="session")
def watched_stack(
    chromium_here: None,
    livekit_server: LiveKitServer,
    sqlite_templates: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """One more, whose calls are recorded, and which operators may watch."""
    folder = tmp_path_factory.mktemp("watched")
    settings = {"OPERATE_PASSWORD": PASSWORD, "RECORDINGS_URL": (folder / "recordings").as_uri()}
    worker = ("-m", "tests.browser.recorded_worker", "start")
    with _running(
        livekit_server, sqlite_templates, folder, agent="watched", worker=worker, settings=settings
    ) as running:
        yield running


@contextmanager
def _running(livekit: LiveKitServer, templates: Path, folder: Path, **options: Any) -> Iterator[Stack]:
    shutil.copy(templates / "seeded.db", folder / "switchboard.db")
    running = Stack(livekit, f"sqlite:///{folder}/switchboard.db", folder, **options)
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


@pytest.fixture
async def caller(stack: Stack, quiet: Browser) -> AsyncIterator[Caller]:
    """A caller who says nothing, on the page."""
    async with on_page(quiet, stack.page) as caller:
        yield caller
