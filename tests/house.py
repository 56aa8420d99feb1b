"""A house for one test: the parts that it changes are its own, all others are links to ours."""

import shutil
from collections.abc import Collection
from pathlib import Path

from tests.command import ROOT

NEVER = ("var", ".git", ".env")
IGNORED = shutil.ignore_patterns("__pycache__")


def house_in(folder: Path, *own: str, without: Collection[str] = ()) -> Path:
    """One in that folder, with copies of its `own` parts and of `main.py`, beside which Python looks for the rest."""
    house = folder / "house"
    house.mkdir()
    for part in ROOT.iterdir():
        if part.name in own:
            shutil.copytree(part, house / part.name, ignore=IGNORED)
        elif part.name == "main.py":
            shutil.copy(part, house)
        elif part.name not in (*NEVER, *without):
            (house / part.name).symlink_to(part)
    return house
