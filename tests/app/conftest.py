"""A line of real parts, whose worker a test starts as it likes."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.line import Line, open_line
from tests.link import Link, link_to
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]


@pytest.fixture
async def line(livekit_server: LiveKitServer, sqlite_templates: Path, tmp_path: Path) -> AsyncIterator[Line]:
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    async with open_line(livekit_server, f"sqlite:///{tmp_path}/switchboard.db", tmp_path) as line:
        await asyncio.to_thread(line.stack.simulator.start)
        yield line


@pytest.fixture
async def link(livekit_server: LiveKitServer) -> AsyncIterator[Link]:
    async with link_to(livekit_server.port) as link:
        yield link
