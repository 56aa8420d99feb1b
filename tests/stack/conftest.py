"""A machine of the test's own: its cache is empty, what it says is kept."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.cache import cache_folder
from stack.livekit_build import LiveKitBuild, find_program
from stack.machine import Machine
from tests.stack.toolchains import GO_PACKAGE, MODULE


@pytest.fixture
def said() -> list[str]:
    """What the machine told people, line by line."""
    return []


@pytest.fixture
def environ() -> dict[str, str]:
    """The environment of programs; a test may take things out of it."""
    return dict(os.environ)


@pytest.fixture
def machine(tmp_path: Path, environ: dict[str, str], said: list[str]) -> Iterator[Machine]:
    with Machine(tmp_path / "cache", environ, said.append) as machine:
        yield machine


@pytest.fixture
async def livekit_program() -> Path:
    """A real LiveKit server: from the PATH, or this user's own build, made now if there is none."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        return await find_program(LiveKitBuild(machine, MODULE, GO_PACKAGE), machine)
