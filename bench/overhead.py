"""What something costs the worker of a call, in CPU and memory, beside a worker without it (`bench.bare`).

The workers run side by side, each with as many calls, at the same time: whatever else the machine does meets them
all. The callers are real participants that speak one second of every five. What a call takes is all CPU time of the
worker's processes from before the first call to after the last one is stored, be it the call's or the worker's own.
Each worker has a database of its own in SQLite, whose work is its own as well.
"""

import asyncio
import logging
import shutil
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

from bench.bare import leave_out_index
from bench.caller import Caller, CallFailedError
from bench.density import FRAME_MS, PATIENCE, talk
from bench.entry import new_call, our_token
from bench.figures import bar, table
from bench.probe import Usage
from bench.rounds import progress
from bench.stack import ROOT, Stack, running
from stack.ports import Port, take
from switchboard.http.rooms import CallRoom, Rooms

Condition = Literal["off", "on", "recording", "unguarded", "guarded", "untaped", "taped"]

CONDITIONS: tuple[Condition, ...] = ("off", "on", "recording")
"""The first is what the others are a multiple of."""
MOST_OF_OFF: dict[Condition, float] = {"on": 1.03, "recording": 1.15}
"""CPU of a call."""
CALLS = 3
"""Of each worker, at a time."""
SECONDS = 40.0
"""How long they last."""
ENDING = 10.0
SETTLE = 4.0
"""For what a worker does when a call is stored, or when it has registered."""
OPEN = "SELECT count(*) FROM calls WHERE ended_at IS NULL"


@dataclass
class Overhead:
    """What was found: a figure for each round."""

    conditions: tuple[Condition, ...] = CONDITIONS
    cpu: dict[Condition, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds a call."""
    mb: dict[Condition, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Of a worker with all its calls."""

    def seconds(self, condition: Condition) -> float:
        """Of CPU, a call."""
        return median(self.cpu[condition])

    def times(self, condition: Condition) -> float:
        """CPU, as a multiple of that without."""
        return _times(self.cpu[condition], self.cpu[self.conditions[0]])

    def memory_times(self, condition: Condition) -> float:
        """Memory, the same."""
        return _times(self.mb[condition], self.mb[self.conditions[0]])


def _times(some: Sequence[float], without: Sequence[float]) -> float:
    """The median of what each round says."""
    return median(one / other for one, other in zip(some, without, strict=True))


class Calls:
    """Those of one worker."""

    def __init__(self, stack: Stack, condition: Condition, rooms: Rooms) -> None:
        self._stack = stack
        self._condition = condition
        self._rooms = rooms
        self._held: list[tuple[CallRoom, Caller, asyncio.Task[None]]] = []

    async def add(self) -> None:
        """One caller more, who talks. Raises `CallFailedError`: they heard nobody."""
        room, caller = new_call(), Caller(FRAME_MS)
        await caller.connect(self._stack.url, await our_token(self._stack, room, self._condition, self._rooms))
        self._held.append((room, caller, asyncio.create_task(talk(caller))))
        await caller.hears(PATIENCE)

    async def end(self) -> None:
        """All of them, and wait until they are stored. Raises `CallFailedError`: they are not."""
        for room, caller, talking in self._held:
            talking.cancel()
            await self._rooms.end(room.name)
            await caller.hang_up()
        self._held.clear()
        give_up = time.monotonic() + ENDING
        while _open(_database(self._stack, self._condition)):
            if time.monotonic() > give_up:
                raise CallFailedError(f"{self._condition}: a call did not end in {ENDING:g} s")
            await asyncio.sleep(0.2)


def _database(stack: Stack, condition: Condition) -> Path:
    return stack.folder / f"{condition}.db"


def _open(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute(OPEN).fetchone()
    return int(count)


class Bench:
    """Makes rounds of calls, between `async with`."""

    def __init__(self, stack: Stack, conditions: Sequence[Condition]) -> None:
        self._stack = stack
        self._conditions = conditions
        self._rooms: dict[Condition, Rooms] = {}
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> "Bench":
        simulator = await self._stack.simulator("simulator")
        for condition in self._conditions:
            await self._start(condition, simulator)
            self._rooms[condition] = await self._resources.enter_async_context(self._stack.rooms(condition))
        if "off" in self._conditions:
            leave_out_index(_database(self._stack, "off"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    async def _start(self, condition: Condition, simulator: str) -> None:
        program = (str(ROOT / "bench" / "overhead_worker.py"), condition)
        ((port,), _) = take(Port("its metrics", 0).another())
        settings: dict[Condition, dict[str, str]] = {
            "on": {"WORKER_METRICS_PORT": str(port.number)},
            "recording": {
                "WORKER_METRICS_PORT": str(port.number),
                "RECORDINGS_URL": f"file://{self._stack.folder}/recordings",
            },
            "taped": {"TAPES_FOLDER": f"{self._stack.folder}/tapes"},
        }
        await self._stack.ours(condition, simulator, program=program, settings=settings.get(condition, {}))

    async def round(self, calls: int, seconds: float, found: Overhead) -> None:
        """So many calls of each worker, at once. Raises `CallFailedError`."""
        await asyncio.sleep(SETTLE)
        before = self._usages()
        theirs = {condition: Calls(self._stack, condition, self._rooms[condition]) for condition in self._conditions}
        for _ in range(calls):
            for each in theirs.values():
                await each.add()
        await asyncio.sleep(seconds)
        during = self._usages()
        for each in theirs.values():
            await each.end()
        await asyncio.sleep(SETTLE)
        after = self._usages()
        for condition in self._conditions:
            found.cpu[condition].append((after[condition].cpu - before[condition].cpu) / calls)
            found.mb[condition].append(during[condition].mb)

    def _usages(self) -> dict[Condition, Usage]:
        return {condition: Usage.of(self._stack.parts.pid(condition)) for condition in self._conditions}


async def measure(
    folder: Path,
    rounds: int,
    conditions: tuple[Condition, ...] = CONDITIONS,
    calls: int = CALLS,
    seconds: float = SECONDS,
) -> Overhead:
    """After a round for nothing: what a worker does once is no part of a call.

    Raises `LocalError` and `CallFailedError`.
    """
    found = Overhead(conditions)
    async with running(folder, progress) as stack, Bench(stack, conditions) as bench:
        await bench.round(1, 0, Overhead())
        for number in range(rounds):
            progress(f"cpu: round {number + 1} of {rounds}")
            await bench.round(calls, seconds, found)
    progress("")
    return found


def told(rounds: int, conditions: tuple[Condition, ...] = CONDITIONS) -> Overhead:
    """Measure, and print the table; the workers' logs stay where something fails."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # its native part complains of callers who hang up
    folder = Path(tempfile.mkdtemp(prefix="bench-overhead-"))
    found = asyncio.run(measure(folder, rounds, conditions))
    shutil.rmtree(folder)
    print(table(HEADS, rows(found)) + "\n")
    return found


HEADS = ("worker", "CPU s per call", "x first", "MB", "x first")


def rows(found: Overhead) -> list[list[str]]:
    """For a table."""
    return [
        [
            condition,
            f"{found.seconds(condition):.2f}",
            f"{found.times(condition):.3f}",
            f"{median(found.mb[condition]):.0f}",
            f"{found.memory_times(condition):.3f}",
        ]
        for condition in found.conditions
    ]


def bars(found: Overhead) -> list[tuple[str, bool]]:
    """What was asked, and whether it holds."""
    held = []
    for condition, most in MOST_OF_OFF.items():
        times = found.times(condition)
        held.append((bar(f"CPU of a call, {condition}: at most {most} x off", times, times <= most), times <= most))
    return held


def as_json(found: Overhead) -> dict[Condition, float]:
    """CPU of a call, as a multiple of that without."""
    return {condition: round(found.times(condition), 3) for condition in found.conditions}
