"""A line of real parts, whose worker a test starts as it likes."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from switchboard.database import Database
from tests.app.line import AGENT, Line
from tests.browser.stack import Stack
from tests.link import Link, link_to
from tests.livekit import LiveKitServer, livekit_server
from tests.switchboard.http.house import open_house, with_database

__all__ = ["livekit_server"]


@pytest.fixture
async def line(livekit_server: LiveKitServer, sqlite_templates: Path, tmp_path: Path) -> AsyncIterator[Line]:
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    stack = Stack(livekit_server, f"sqlite:///{tmp_path}/switchboard.db", tmp_path, agent=AGENT)
    access = replace(livekit_server.access, agent_name=AGENT)
    try:
        await asyncio.to_thread(stack.simulator.start)
        async with (
            open_house(access, with_database(stack.database)) as house,
            house.caller() as caller,
            livekit_server.api() as server,
            aclosing(Database(stack.database)) as ledger,
        ):
            yield Line(stack, caller, server, ledger)
    finally:
        stack.stop()


@pytest.fixture
async def link(livekit_server: LiveKitServer) -> AsyncIterator[Link]:
    async with link_to(livekit_server.port) as link:
        yield link
