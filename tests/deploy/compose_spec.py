"""The compose file as docker compose reads it: by its own loader, a Go program that is built once into the cache.

The loader checks the file against the compose specification's schema, and what the schema cannot say: names that lead
nowhere, values that are no numbers, variables that are missing.
"""

import asyncio
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.go import SETTINGS, find_go
from stack.lock import locked
from stack.machine import Machine
from stack.scratch import replacing
from tests.deploy.engine import HERE, ROOT, EngineMissing

MODULE = HERE / "compose-spec"
PROGRAM = "compose-spec"


class RefusedError(AssertionError):
    """Docker compose would not take this file; the text is its reason."""


def load(file: Path = ROOT / "compose.yaml", values: Mapping[str, str] | None = None, *profiles: str) -> dict[str, Any]:
    """What comes of a compose file with these variables, and no others. Raises `RefusedError`, `EngineMissing`."""
    done = subprocess.run(
        (program(), str(file), *profiles),
        env={"PATH": os.environ["PATH"], **(values or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RefusedError(done.stderr)
    model: dict[str, Any] = json.loads(done.stdout)
    return model


@cache
def program() -> Path:
    """The loader, built first if need be. Raises `EngineMissing`."""
    pins = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum", "main.go"))
    folder = cache_folder(Path.home()) / f"{PROGRAM}-{hashlib.sha256(pins).hexdigest()[:12]}"
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        try:
            asyncio.run(_make(machine, folder))
        except LocalError as error:
            raise EngineMissing(str(error)) from None
    return folder / PROGRAM


async def _make(machine: Machine, folder: Path) -> None:
    async with locked(folder.with_suffix(".lock"), lambda: machine.say(f"{PROGRAM} is being built: waiting for it.")):
        if (folder / PROGRAM).exists():
            return
        go = await find_go(machine, MODULE, ROOT / "deploy/toolchains/go.txt")
        with replacing(folder) as made:
            options = ("-C", str(MODULE), "-mod=readonly", "-buildvcs=false", "-o", str(made / PROGRAM))
            await machine.run((str(go), "build", *options, "."), f"Building {PROGRAM}", more=SETTINGS)
