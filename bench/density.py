"""What a call costs the worker, ours beside a stock agent and a bare echo: CPU, memory, and how many calls it bears.

Calls are added in steps until the worker's event loops are late; the callers are real participants that speak one
second of every five. `--help` tells the options.
"""

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit import api, rtc

from bench.caller import Caller, CallFailedError
from bench.entry import new_call, our_token, stock_token
from bench.figures import bar, percentile, table
from bench.probe import LAG_FILE, LagFile, Usage
from bench.rounds import progress
from bench.stack import ROOT, Stack, running
from stack.errors import LocalError

Executor = Literal["thread", "process"]
Who = Literal["ours", "stock", "echo"]

STEPS = (1, 4, 8, 12, 16, 20, 24, 28, 32)
COMPARED = 8
"""Costs per call are those at so many calls, or at the most that were borne."""
LATE_MS = 20.0
WINDOW = 15.0
SETTLE = 5.0
PATIENCE = 20.0
FRAME_MS = 50
"""The callers', who have to leave the machine to the worker."""
SPEAKS, EVERY = 1.0, 5.0
"""A caller speaks so many seconds of so many."""
MOST_UNHEARD = 3
IDLE_SETTLE = 4.0
"""For what a worker does after it has registered."""
MOST_CPU_OF_STOCK = 1.2
MOST_MB_PER_CALL = 8.0
MOST_IDLE_MB = 180.0


@dataclass(frozen=True)
class Way:
    """Whose worker, and how it runs its jobs."""

    who: Who
    executor: Executor

    @property
    def name(self) -> str:
        return "echo (floor)" if self.who == "echo" else f"{self.who}, {self.executor}"


WAYS = (
    Way("echo", "thread"),
    Way("stock", "thread"),
    Way("ours", "thread"),
    Way("stock", "process"),
    Way("ours", "process"),
)


@dataclass(frozen=True)
class Step:
    """What a number of calls took."""

    calls: int
    cpu: float
    """Percent of one core."""
    mb: float
    late_ms: float
    """p99 of the event loops' lag."""


@dataclass
class Found:
    """What was found of one way."""

    idle_mb: float
    steps: list[Step] = field(default_factory=list)
    unheard: int = 0
    too_many: int | None = None
    """So many calls were not reached: some heard nobody, however often they called."""

    @property
    def borne(self) -> list[Step]:
        """The steps before the event loops were late; the first one whatever it was."""
        return [step for step in self.steps if step.late_ms <= LATE_MS] or self.steps[:1]

    @property
    def compared(self) -> Step:
        """The step that costs are taken from."""
        return max((step for step in self.borne if step.calls <= COMPARED), key=lambda step: step.calls)

    @property
    def cpu_per_call(self) -> float:
        return self.compared.cpu / self.compared.calls

    @property
    def mb_per_call(self) -> float:
        return (self.compared.mb - self.idle_mb) / self.compared.calls

    @property
    def calls_per_core(self) -> float:
        """At the most calls that were borne."""
        most = self.borne[-1]
        return 100 * most.calls / most.cpu


# -- one worker --------------------------------------------------------------------------------------------------------


class Crowd:
    """Callers of one worker, who talk until the block ends."""

    def __init__(self, stack: Stack, way: Way, simulator: str) -> None:
        self._stack, self.way, self._simulator = stack, way, simulator
        self._callers: list[Caller] = []
        self._talks: list[asyncio.Task[None]] = []
        self._rooms = stack.rooms(way.who)
        self.unheard = 0
        """Calls in which nobody was heard. They were made again."""

    async def __aenter__(self) -> "Crowd":
        await self._rooms.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.gather(*(caller.hang_up() for caller in self._callers))
        for room in await self._rooms.alive():
            await self._rooms.end(room)
        await self._rooms.__aexit__(*error)

    async def grow(self, calls: int) -> None:
        """Call until there are so many calls. Raises `CallFailedError` when too many of them heard nobody."""
        while len(self._callers) < calls:
            caller = Caller(FRAME_MS)
            await caller.connect(self._stack.url, await self._token())
            talking = asyncio.create_task(talk(caller))
            try:
                await caller.hears(PATIENCE)
            except CallFailedError:
                self.unheard += 1
                talking.cancel()
                await caller.hang_up()
                if self.unheard > MOST_UNHEARD:
                    raise
                continue
            self._callers.append(caller)
            self._talks.append(talking)

    async def _token(self) -> str:
        room = new_call()
        if self.way.who == "ours":
            return await our_token(self._stack, room, self.way.who, self._rooms)
        return stock_token(self._stack, room, self._simulator)

    def check(self) -> None:
        """Raises what ended a caller's talk."""
        for talk in self._talks:
            if talk.done():
                talk.result()


async def talk(caller: Caller) -> None:
    """Speak, and listen for the rest of the time, for good."""
    while True:
        await caller.mouth.speak(SPEAKS)
        await asyncio.sleep(EVERY - SPEAKS)


async def measure_way(stack: Stack, way: Way, steps: Sequence[int], lags: LagFile) -> Found:
    """Start a worker, add calls until it is late, and stop it."""
    simulator = await stack.simulator("simulator")
    await start_worker(stack, way, simulator)
    try:
        pid = stack.parts.pid(way.who)
        await asyncio.sleep(IDLE_SETTLE)
        found = Found(Usage.of(pid).mb)
        async with Crowd(stack, way, simulator) as crowd:
            await climb(crowd, steps, pid, lags, found)
        return found
    finally:
        await stack.parts.stop(way.who, at_once=True)
        await stack.parts.stop("simulator", at_once=True)


async def climb(crowd: Crowd, steps: Sequence[int], pid: int, lags: LagFile, found: Found) -> None:
    """Take the steps into `found`, until the worker is late or callers hear nobody.

    Raises `CallFailedError` when they do at the first step.
    """
    for calls in steps:
        progress(f"{crowd.way.name}: {calls} calls")
        try:
            found.steps.append(await measure_step(crowd, calls, pid, lags))
        except CallFailedError:
            if not found.steps:
                raise
            found.too_many = calls
        found.unheard = crowd.unheard
        if found.too_many or found.steps[-1].late_ms > LATE_MS:
            return


async def start_worker(stack: Stack, way: Way, simulator: str) -> None:
    """Start the way's worker; it is called as `who`."""
    if way.who == "ours":
        program = (str(ROOT / "bench" / "density_worker.py"), "ours")
        await stack.ours(way.who, simulator, way.executor, program)
    else:
        await stack.stock(way.who, way.executor, ("bench.density_worker", way.who))


async def measure_step(crowd: Crowd, calls: int, pid: int, lags: LagFile) -> Step:
    """What so many calls take, over `WINDOW` seconds."""
    await crowd.grow(calls)
    await asyncio.sleep(SETTLE)
    lags.skip()
    before = Usage.of(pid)
    await asyncio.sleep(WINDOW)
    after = Usage.of(pid)
    crowd.check()
    return Step(calls, after.load_since(before), after.mb, percentile(lags.read(), 99))


async def measure(folder: Path, steps: Sequence[int]) -> dict[Way, Found]:
    """Every way, one after the other. Raises `LocalError` and `CallFailedError`."""
    lags = LagFile(folder / "lags.txt")
    async with a_stack(folder, lags.path) as stack:
        found = {way: await measure_way(stack, way, steps, lags) for way in WAYS}
    progress("")
    return found


@asynccontextmanager
async def a_stack(folder: Path, lags: Path) -> AsyncIterator[Stack]:
    """A stack whose workers tell their lag."""
    async with running(folder, progress, {LAG_FILE: str(lags)}) as stack:
        yield stack


# -- what came of it ---------------------------------------------------------------------------------------------------


def report(found: dict[Way, Found]) -> str:
    """The table for people, and whether the bars hold."""
    costs = ["CPU per call, %", "x stock", "MB per call", "calls per core", "idle MB"]
    heads = ["worker", *costs, "calls until late", "unheard"]
    rows = [_row(found, way) for way in found]
    return "\n\n".join([table(heads, rows), "\n".join(bars(found))])


def _row(found: dict[Way, Found], way: Way) -> list[str]:
    one = found[way]
    stock = found[Way("stock", way.executor)]
    last = one.steps[-1]
    late = str(last.calls) if last.late_ms > LATE_MS else f"over {last.calls}"
    return [
        way.name,
        f"{one.cpu_per_call:.1f}",
        f"{one.cpu_per_call / stock.cpu_per_call:.2f}",
        f"{one.mb_per_call:.1f}",
        f"{one.calls_per_core:.1f}",
        f"{one.idle_mb:.0f}",
        late if one.too_many is None else f"{one.too_many}, not all heard",
        str(one.unheard),
    ]


def bars(found: dict[Way, Found]) -> list[str]:
    """A line for each bar: what was asked, what was found, whether it holds."""
    lines = []
    executors: tuple[Executor, ...] = ("thread", "process")
    for executor in executors:
        ratio = found[Way("ours", executor)].cpu_per_call / found[Way("stock", executor)].cpu_per_call
        asked = f"CPU per call, {executor}: at most {MOST_CPU_OF_STOCK} x stock"
        lines.append(bar(asked, ratio, ratio <= MOST_CPU_OF_STOCK))
    threads = found[Way("ours", "thread")]
    per_call, idle = threads.mb_per_call, threads.idle_mb
    lines.append(
        bar(f"MB per call with threads: at most {MOST_MB_PER_CALL:.0f}", per_call, per_call <= MOST_MB_PER_CALL)
    )
    return [*lines, bar(f"idle worker: at most {MOST_IDLE_MB:.0f} MB", idle, idle <= MOST_IDLE_MB)]


def as_json(found: dict[Way, Found]) -> str:
    """One object, by executor and who; "floor" is the echo."""
    told: dict[str, object] = {"floor": _figures(found[Way("echo", "thread")])}
    executors: tuple[Executor, ...] = ("thread", "process")
    both: tuple[Who, ...] = ("ours", "stock")
    for executor in executors:
        told[executor] = {who: _figures(found[Way(who, executor)]) for who in both}
    return json.dumps(told)


def _figures(found: Found) -> dict[str, float]:
    return {
        "cpu_per_call": round(found.cpu_per_call, 2),
        "mb_per_call": round(found.mb_per_call, 2),
        "calls_per_core": round(found.calls_per_core, 1),
        "idle_mb": round(found.idle_mb, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a call failed."""
    parser = argparse.ArgumentParser(prog="bench.density", description="What a call costs the worker.")
    parser.add_argument(
        "--most", type=int, default=STEPS[-1], metavar="N", help=f"calls at most (default: {STEPS[-1]})"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # its native part complains of callers who hang up
    folder = Path(tempfile.mkdtemp(prefix="bench-density-"))
    steps = [calls for calls in STEPS if calls <= max(1, options.most)]
    try:
        found = asyncio.run(measure(folder, steps))
    except (LocalError, CallFailedError, rtc.ConnectError, api.TwirpError) as error:
        progress("")
        print(f"There are no figures. {error} Logs: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print(report(found))
    if options.json:
        print(as_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
