"""How late the simulator's events are when many callers speak with it at once, what CPU it takes, how many starts live.

Each caller sends speech without a pause and has an answer spoken all the while. Callers and simulator share the
machine. `--help` tells the options.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.crowd import CHUNK, PACE, Of, talk
from bench.figures import Figures, bar, percentile, positive, table
from bench.first_words import how_it_ended
from bench.probe import Usage
from bench.rounds import progress
from simulator.mind import Reply, Request, Say
from simulator.options import Options
from simulator.server import Simulator

ROOT = Path(__file__).resolve().parents[1]
ANSWER = (
    "I have found your order, and it is on its way: it was shipped yesterday and should arrive tomorrow before noon. "
    "Is there anything else that I can do for you today?"
)
MOST_LAG_MS = 50.0
FIRST_CALLERS = 8
"""That speak at once to a simulator that has just started."""


class Chatter:
    """Always says the same."""

    def answer(self, request: Request) -> Reply:  # noqa: ARG002 - the protocol's
        """The one answer."""
        return [Say(ANSWER)]

    def hear(self, session_id: str) -> str:  # noqa: ARG002 - the protocol's
        """What callers of `bench.crowd` say."""
        return "Where is my order?"


async def serve() -> None:
    """Tell the URL and listen until SIGTERM."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with Simulator(Chatter(), Options(pace=PACE, chunk=CHUNK)) as simulator:
        print(simulator.url, flush=True)
        await over.wait()


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[str, int]]:
    """The simulator as a process of its own: its URL and its id."""
    command = (sys.executable, "-m", "bench.simulator", "--serve")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        yield (await process.stdout.readline()).decode().strip(), process.pid
    finally:
        process.terminate()
        await process.wait()


@dataclass(frozen=True)
class Found:
    """What came of it; `cpu` is the simulator's, in cores."""

    sessions: int
    lags: Figures[Of]
    cpu: float
    starts: int
    crashes: int

    def lag(self, percent: float) -> float:
        """Of all events together."""
        return percentile([lag for lags in self.lags.of.values() for lag in lags], percent)


async def measure(sessions: int, seconds: float, starts: int) -> Found:
    """Hold the calls, then make the starts. Raises ConnectionError and aiohttp.ClientError."""
    progress(f"{sessions} callers, {seconds:.0f} s")
    async with served() as (url, pid):
        before = Usage.of(pid)
        lags = await talk(url, sessions, seconds)
        cpu = Usage.of(pid).load_since(before) / 100
    crashes = 0
    for number in range(starts):
        progress(f"start {number + 1} of {starts}")
        crashes += how_it_ended("calls", FIRST_CALLERS) != "well"
    progress("")
    return Found(sessions, lags, cpu, starts, crashes)


def report(found: Found) -> str:
    """A table of how late each kind of event was, and the bars."""
    heads = ("event, ms late", "p50", "p99", "worst", "events")
    rows = [_row(of, lags) for of, lags in found.lags.of.items()]
    lag = found.lag(99)
    lines = [
        f"{found.sessions} callers; the simulator took {found.cpu:.2f} cores.",
        bar(f"p99 of all events: under {MOST_LAG_MS:.0f} ms", lag, lag < MOST_LAG_MS),
        bar(f"first words at the same moment, {found.starts} starts: no crash", str(found.crashes), not found.crashes),
    ]
    return table(heads, rows) + "\n\n" + "\n".join(lines)


def _row(of: Of, lags: list[float]) -> tuple[str, ...]:
    return (of, *(f"{percentile(lags, percent):.1f}" for percent in (50, 99, 100)), str(len(lags)))


def as_json(found: Found) -> str:
    """One object."""
    lag = {f"p{percent}": round(found.lag(percent), 1) for percent in (50, 99)}
    cpu = round(found.cpu, 2)
    return json.dumps({"sessions": found.sessions, "lag_ms": lag, "cpu": cpu, "first_words_crashes": found.crashes})


def main() -> int:
    """Measure and print; 1 when a call failed."""
    parser = argparse.ArgumentParser(prog="bench.simulator", description=__doc__)
    parser.add_argument("--sessions", type=positive, default=200, help="callers at once (200)")
    parser.add_argument("--seconds", type=positive, default=60, help="that each of them speaks (60)")
    parser.add_argument("--starts", type=int, default=50, help=f"with {FIRST_CALLERS} callers at once, each (50)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    parser.add_argument("--serve", action="store_true", help="only be the simulator, until SIGTERM")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return 0
    try:
        found = asyncio.run(measure(options.sessions, options.seconds, options.starts))
    except (ConnectionError, aiohttp.ClientError) as error:
        progress("")
        print(f"There are no figures. {error}", file=sys.stderr)
        return 1
    print(report(found))
    if options.json:
        print(as_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
