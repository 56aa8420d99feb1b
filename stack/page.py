"""The caller's page, built from `web/` when its sources have changed."""

import hashlib
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from stack.errors import explained
from stack.lock import locked
from stack.machine import Machine
from stack.node import Node, find_node

NO_SOURCES = {"node_modules", "dist", "tests", "coverage", "test-results", "playwright-report"}
"""What the page is not built from: tests, and what building and testing leaves in the folder."""
CHECKS = ("types", "lint", "test")
"""The scripts of package.json. Its `check` runs the same, but by the npm on the PATH, and PyPI's does not run there."""


class Page:
    """The page in `web`; `node_requirements` pins the Node.js to use where the machine has none."""

    def __init__(self, machine: Machine, web: Path, node_requirements: Path) -> None:
        self._machine = machine
        self._web = web
        self._node_requirements = node_requirements
        self.dist = web / "dist"
        self._built_from = self.dist / ".built-from"
        self._installed_from = web / "node_modules" / ".installed-from"

    @property
    def fresh(self) -> bool:
        """Whether it was built from the sources as they are."""
        return (self.dist / "index.html").exists() and _says(
            self._built_from, fingerprint(self._web, sources(self._web))
        )

    async def build(self) -> Path:
        """The folder of the built page, built first if needed. Raises `LocalError`."""
        async with self._alone("Building the page"):
            if not self.fresh:
                await self._build()
        return self.dist

    async def check(self) -> None:
        """Run the page's own checks: its style, its types and its unit tests. Raises `LocalError`."""
        async with self._alone("Checking the page"):
            node = await self._tools()
            for script in CHECKS:
                await self._npm(node, "run", script)

    @asynccontextmanager
    async def _alone(self, what: str) -> AsyncIterator[None]:
        """Nobody else works in the folder during the block, which does `what`."""
        name = hashlib.sha256(str(self._web.resolve()).encode()).hexdigest()[:12]
        lock = self._machine.cache / f"page-{name}.lock"
        async with locked(lock, lambda: self._machine.note("Another process works on the page: waiting for it ...")):
            with explained(what):
                yield

    async def _build(self) -> None:
        began = time.monotonic()
        node = await self._tools()
        self._machine.note("Building the page ...")
        built_from = fingerprint(self._web, sources(self._web))
        self._built_from.unlink(missing_ok=True)
        await self._npm(node, "run", "build")
        self._built_from.write_text(built_from)
        self._machine.note(f"The page is built ({time.monotonic() - began:.0f} s).")

    async def _tools(self) -> Node:
        """Node.js, with the page's packages fetched."""
        node = await find_node(self._machine, self._web, self._node_requirements)
        await self._install(node)
        return node

    async def _install(self, node: Node) -> None:
        """Fetch the page's packages, unless they are the ones that the lock names."""
        lock = fingerprint(self._web, [self._web / "package-lock.json"])
        if _says(self._installed_from, lock):
            return
        self._machine.note("Fetching the page's packages (npm ci, once) ...")
        await self._npm(node, "ci", "--no-audit", "--no-fund")
        self._installed_from.parent.mkdir(exist_ok=True)  # npm makes none for no packages
        self._installed_from.write_text(lock)

    async def _npm(self, node: Node, *arguments: str) -> None:
        what = f"npm {' '.join(arguments[:2] if arguments[0] == 'run' else arguments[:1])}"
        more = self._machine.path_with(node.folder)
        await self._machine.run((*node.npm, *arguments), what, self._web, more)


def sources(web: Path) -> Iterator[Path]:
    """The files that the page is built from, in a fixed order; hidden ones are none."""
    for path in sorted(web.iterdir()):
        if path.name in NO_SOURCES or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from sources(path)
        else:
            yield path


def fingerprint(folder: Path, files: Iterable[Path]) -> str:
    """A checksum of what files are called in `folder`, and hold."""
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _says(path: Path, text: str) -> bool:
    try:
        return path.read_text() == text
    except OSError:
        return False
