"""A copy of the house that may be written to."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.lines import LINES
from app.new.house import House
from tests.command import ROOT

PARTS = (
    "agents",
    "app",
    "clinic",
    "rehearsal",
    "scenarios",
    "shop",
    "simulator",
    "stack",
    "switchboard",
    "tools",
    "workflows",
    "main.py",
    "pyproject.toml",
    "deploy/Dockerfile",
)
WRITTEN_TO = ("agents/", "tools/", "workflows/", "scenarios/", "app/", "main.py", "pyproject.toml", "deploy/")
Snapshot = dict[str, bytes]


def copied(folder: Path) -> House:
    """The house in `folder`, with its lines."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    return House(folder, tuple(LINES.values()))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One for all tests of a module that leave it as it is."""
    return copied(tmp_path_factory.mktemp("house"))


@pytest.fixture
def snapshot(house: House) -> Callable[[], Snapshot]:
    """The names of its files; of those that a command may write to each byte."""
    return lambda: {
        name: path.read_bytes() if name.startswith(WRITTEN_TO) else b""
        for path in house.root.rglob("*")
        if "__pycache__" not in (name := house.path_of(path)) and path.is_file()
    }
