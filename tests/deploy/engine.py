"""Podman, and the programs that these tests use: pinned, and kept in the cache beside LiveKit's."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.machine import Machine
from stack.wheel import program_of

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
"""Part of all names, so that two checkouts on one machine leave each other's containers alone."""
NEEDED = ("podman", "runc", "debootstrap")
WRAPPER = HERE / "podman"


class EngineMissing(Exception):  # noqa: N818 - a state of the machine, not an error
    """There is no container engine here that these tests can use."""


class CommandError(AssertionError):
    """A command failed; its output says why."""


def find_engine() -> None:
    """See to it that containers can run here. Raises `EngineMissing`."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        raise EngineMissing(f"There is no {', '.join(missing)} here: run `scripts/packages`.")
    if os.geteuid() != 0:
        raise EngineMissing("Containers are tested as root: stand-in images come from debootstrap.")


def environment(values: Mapping[str, str] | None = None) -> dict[str, str]:
    """What podman runs with: our configuration, and no health checks by systemd, which containers often have not."""
    fixed = {"CONTAINERS_CONF": str(HERE / "containers.conf"), "DISABLE_HC_SYSTEMD": "true"}
    return {**os.environ, **fixed, **(values or {})}


def run(
    command: Sequence[str | Path], values: Mapping[str, str] | None = None, seconds: float = 600, cwd: Path = ROOT
) -> str:
    """What a command writes to standard output. Raises `CommandError` with all of its output."""
    words = " ".join(map(str, command))[-200:]
    try:
        done = subprocess.run(
            command, env=environment(values), cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise CommandError(f"{words}: still running after {seconds:g} s\n{late.stdout!r}\n{late.stderr!r}") from None
    if done.returncode:
        raise CommandError(f"{words}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def podman(*arguments: str | Path, seconds: float = 600) -> str:
    return run(("podman", *arguments), seconds=seconds)


@cache
def tools() -> Path:
    """The folder of the pinned programs, installed first if need be. Raises `EngineMissing`."""

    async def install(machine: Machine) -> Path:
        shown = "the tools of tests/deploy"
        return await program_of(machine, HERE / "tools.txt", "bin/hadolint", ("--version",), shown)

    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        try:
            return asyncio.run(install(machine)).parents[1]
        except LocalError as error:
            raise EngineMissing(str(error)) from None


def podman_compose(*arguments: str) -> list[str | Path]:
    """The command line of podman-compose, on our podman."""
    path = f"import sys; sys.path.insert(0, {str(tools())!r}); import podman_compose; podman_compose.main()"
    return [sys.executable, "-c", path, "--podman-path", str(WRAPPER), *arguments]
