"""Programs that come as packages of PyPI, kept in the cache and never in the project."""

import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from stack.errors import LocalError, explained
from stack.lock import locked
from stack.machine import Machine
from stack.scratch import replacing


async def program_of(machine: Machine, requirements: Path, program: str, ask: Sequence[str], shown: str) -> Path:
    """The path of `program` in the package that `requirements` pins, installed first if it does not run yet.

    `program` is a path inside the installed package, `ask` makes it tell its version, `shown` is its name for people.
    Raises `LocalError`.
    """
    folder = machine.cache / f"{requirements.stem}-{_fingerprint(requirements)}"
    installed = folder / program
    async with locked(
        folder.with_suffix(".lock"), lambda: machine.note(f"{shown} is being installed: waiting for it.")
    ):
        if await machine.version(installed, *ask):
            return installed
        machine.note(f"Installing {shown} into {folder} (once) ...")
        with explained(f"Installing {shown}"), replacing(folder) as made:
            await _install(machine, requirements, made, shown)
        if not await machine.version(installed, *ask):
            raise LocalError(f"{shown} from PyPI does not run on this machine: install {shown} yourself.")
    return installed


async def _install(machine: Machine, requirements: Path, folder: Path, shown: str) -> None:
    command = (*_installer(machine, shown), "--require-hashes", "--no-deps", "--only-binary", ":all:")
    await machine.run((*command, "--target", str(folder), "-r", str(requirements)), f"Installing {shown}")


def _installer(machine: Machine, shown: str) -> tuple[str, ...]:
    if uv := machine.find("uv"):
        return (str(uv), "pip", "install", "--python", sys.executable)
    if importlib.util.find_spec("pip"):
        return (sys.executable, "-m", "pip", "install", "--disable-pip-version-check")
    raise LocalError(f"There is neither uv nor pip to fetch {shown} with: install {shown} yourself.")


def _fingerprint(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
