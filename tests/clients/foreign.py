"""The foreign clients of this machine: fetched by `python -m tests.clients`, each run as a program of its own."""

import asyncio
import hashlib
import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stack.machine import Machine
from stack.node import find_node

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE_PACKAGE = ROOT / "deploy" / "toolchains" / "node.txt"
NPM, PYTHON = HERE / "npm", HERE / "python"
REQUIREMENTS, LOCK = PYTHON / "requirements.txt", NPM / "package-lock.json"
FOLDER = ROOT / "var" / "clients"
PACKAGES = FOLDER / "python"
FETCHED = FOLDER / "fetched.json"
"""What was fetched by which locks, and with which Node.js: written when all of it is there."""
LONGEST = 60.0


class ClientsMissing(Exception):  # noqa: N818 - it says what is the matter
    """They are not here, or others than the locks name."""


async def fetch(machine: Machine) -> None:
    """All of them, as the locks name them, unless they are here. Raises `LocalError`."""
    if is_here():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    await asyncio.gather(_fetch_python(machine), _fetch_npm(machine))


async def _fetch_python(machine: Machine) -> None:
    exact = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(PACKAGES))
    await machine.run((*_installer(machine), *exact, "-r", str(REQUIREMENTS)), "Installing the clients in Python")


def _installer(machine: Machine) -> tuple[str, ...]:
    if uv := machine.find("uv"):
        return (str(uv), "pip", "install", "--python", sys.executable)
    # uv makes a .venv without pip
    python = sys.executable if find_spec("pip") else getattr(sys, "_base_executable", sys.executable)
    return (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")


async def _fetch_npm(machine: Machine) -> None:
    node = await find_node(machine, NPM, NODE_PACKAGE)
    command = (*node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    await machine.run(command, "Installing the clients of npm", NPM, machine.path_with(node.folder))
    FETCHED.write_text(json.dumps({"locks": _locks(), "node": str(node.folder / "node")}))


def is_here() -> bool:
    """Whether all of them are here."""
    return bool(_fetched()) and (NPM / "node_modules").is_dir() and PACKAGES.is_dir()


async def run(script: Path, *arguments: str, **environ: str) -> Any:
    """What a script of this folder tells at its end, as JSON. Raises ClientsMissing and AssertionError."""
    if not is_here():
        raise ClientsMissing(f"the foreign clients are missing: run `{sys.executable} -m tests.clients`")
    python = script.suffix == ".py"
    program = sys.executable if python else _fetched()["node"]
    process = await asyncio.create_subprocess_exec(
        *(program, str(script), *arguments),
        env={**os.environ, "PYTHONPATH": str(PACKAGES), **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST):
            told, failed = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"{script.name} failed:\n{told.decode()[-2000:]}\n{failed.decode()[-4000:]}"
    return json.loads(told.splitlines()[-1])


def _fetched() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(FETCHED.read_text())
    except (OSError, ValueError):
        return {}
    return found if found["locks"] == _locks() else {}


def _locks() -> str:
    named = f"{sys.version_info[:2]}\n{REQUIREMENTS.read_text()}\n{LOCK.read_text()}"
    return hashlib.sha256(named.encode()).hexdigest()
