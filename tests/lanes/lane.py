"""A lane: a process of the whole test, with its output and, where it runs tests, pytest's report."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.lanes.report import Report, read_report

LONGEST_LINE = 2**24
NICE = 5
BEGINNING = re.compile(r"=+ test session starts")
CLOSING = re.compile(r"=+ ")
"""With such a line, other than the beginning, pytest starts to tell what came of the tests."""


@dataclass(frozen=True)
class Lane:
    """A name and a command. Where `junit` is a file, the command is pytest, and writes its report there."""

    name: str
    command: Sequence[str]
    junit: Path | None = None
    gives_way: bool = False
    """The other lanes get the cores first."""
    alone: bool = False
    """No lane is beside it but those that give way."""
    crowded: bool = False
    """It takes all cores: no lane is beside it at all."""


@dataclass(frozen=True)
class Result:
    """What came of a lane; `closing` is what pytest told at the end, failures first. Without `code` it was not run."""

    lane: Lane
    code: int | None
    seconds: float
    closing: Sequence[str]
    report: Report

    @property
    def failure(self) -> str | None:
        """Why the whole is red, if it is because of this lane."""
        if self.code is None:
            return "was not run"
        if self.code < 0:
            return f"was killed by {signal.Signals(-self.code).name}"
        if self.code:
            return f"failed (exit code {self.code})"
        if self.lane.junit and not self.report.passed:
            return "ran no test"
        return None


class Places:
    """For so many lanes at a time, in the order in which they ask, and for one beside them that gives way."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._free, self._beside = asyncio.Semaphore(number), asyncio.Semaphore(1)
        self._turn = asyncio.Lock()
        """Of those that do not give way: who needs all places is not overtaken."""

    @asynccontextmanager
    async def taken(self, lane: Lane) -> AsyncIterator[None]:
        """Wait for those that `lane` needs, and have them."""
        if lane.gives_way:
            async with self._beside:
                yield
            return
        async with AsyncExitStack() as places:
            async with self._turn:
                for place in self._wanted(lane):
                    await places.enter_async_context(place)
            yield

    def _wanted(self, lane: Lane) -> Sequence[asyncio.Semaphore]:
        free = [self._free] * (self._number if lane.alone or lane.crowded else 1)
        return [*free, self._beside] if lane.crowded else free


class Run:
    """One run of a lane. `show` gets its lines as they come, but for the closing ones, which the result has."""

    def __init__(self, lane: Lane, places: Places, show: Callable[[str], None]) -> None:
        self._lane = lane
        self._places = places
        self._show = show
        self._closing: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._interrupted = False

    async def result(self) -> Result:
        """Start it as soon as there is a place for it, and wait for its end."""
        async with self._places.taken(self._lane):
            return Result(self._lane, None, 0.0, (), Report()) if self._interrupted else await self._run()

    async def _run(self) -> Result:
        began = time.monotonic()
        if self._lane.junit:
            self._lane.junit.unlink(missing_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *(("nice", "-n", str(NICE)) if self._lane.gives_way else ()),
            *self._lane.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        if self._lane.gives_way:
            give_way(self._process.pid)
        await self._read(self._process)
        code = await self._process.wait()
        return Result(self._lane, code, time.monotonic() - began, self._closing, read_report(self._lane.junit))

    def interrupt(self) -> None:
        """As Ctrl-C does: pytest ends what its fixtures have started. A lane that waits for its place stays away."""
        self._interrupted = True
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGINT)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            if self._lane.junit and BEGINNING.match(line):
                continue
            if self._closing or (self._lane.junit and CLOSING.match(line)):
                self._closing.append(line)
            elif line:
                self._show(f"{self._lane.name:>7} | {line}")


def give_way(session: int) -> None:
    """Linux may share out the cores by session, whatever the `nice` of the processes in it."""
    with suppress(OSError):  # elsewhere, and where it is switched off
        Path(f"/proc/{session}/autogroup").write_text(str(NICE))


def pytest_lane(name: str, folder: Path, *arguments: str) -> Lane:
    """A lane that runs these tests."""
    junit = folder / f"{name}.xml"
    plugins = ("-p", "tests.lanes.process", "-p", "no:schemathesis")
    shown = ("-v", "--no-header")  # with the `-q` of pyproject.toml: a line a file
    return Lane(name, (sys.executable, "-m", "pytest", *plugins, *shown, f"--junitxml={junit}", *arguments), junit)
