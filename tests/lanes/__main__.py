"""`python -m tests.lanes`: the whole test in lanes, and one report at the end; `--fast`: what needs no real part."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.lanes.lane import Lane, Result, Run, pytest_lane
from tests.lanes.places import Places
from tests.lanes.report import busiest, longest, summary

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "test"
LANES = {
    "outages": ("tests/outages",),
    "phone": ("tests/phone",),
    "app": ("tests/app",),
    "calls": ("tests/switchboard/call",),
    "ladder": ("tests/switchboard/ladder",),
    "browser": ("tests/browser",),
    "attacks": ("tests/attacks", "tests/faults", "tests/clients"),
    "rooms": ("tests/switchboard/room", "tests/switchboard/transfer", "tests/rehearsal/voice"),
    "service": ("tests/switchboard/realtime", "tests/switchboard/recording"),
    "engine": ("tests/switchboard",),
    "deploy": ("tests/deploy",),
    "bench": ("tests/bench",),
    "rest": ("tests",),
    "sound": ("tests/simulator",),
}
"""The folders of each lane, without those that have a lane of their own. They begin in this order: first those that
wait longest, for people who speak and phones that ring."""
COMPUTE = ("rest", "engine", "sound")
"""These give way to the others, and run one after the other beside them."""
FAST = ("calls", "ladder", "attacks", "rooms", "service", "engine", "rest", "sound")
CORES = {
    "outages": 0.6,
    "phone": 0.3,
    "app": 0.5,
    "calls": 0.15,
    "ladder": 0.3,
    "browser": 0.3,
    "attacks": 0.5,
    "rooms": 0.4,
    "service": 0.3,
    "deploy": 0.4,
    "bench": 0.4,
}
"""What the waiting lanes keep busy of two quick cores, as measured: each tells it at its end."""
ALWAYS = 2
AT_MOST = 1.2
"""Cores for those that wait. With more there are moments in which a caller's sound comes half a second late."""


def all_lanes() -> list[Lane]:
    """Every test and every check."""
    return [*(_lane(name) for name in LANES), Lane("check", ("make", "--no-print-directory", "check"), gives_way=True)]


def fast_lanes() -> list[Lane]:
    """All tests that need no real part."""
    return [_lane(name, "-m", "not real") for name in FAST]


def _lane(name: str, *arguments: str) -> Lane:
    folders = LANES[name]
    elsewhere = [
        other for others in LANES.values() for other in others if other.startswith(tuple(f"{f}/" for f in folders))
    ]
    lane = pytest_lane(name, FOLDER, *arguments, *folders, *(f"--ignore={folder}" for folder in elsewhere))
    return replace(lane, cores=CORES.get(name, 0.0), gives_way=name in COMPUTE)


async def run(lanes: Sequence[Lane], places: Places | None = None) -> bool:
    """Run them side by side and tell what came of it; whether all is well."""
    began = time.monotonic()
    places, beside = places or Places(ALWAYS, AT_MOST), Places(1, 0.0)
    runs = [Run(lane, beside if lane.gives_way else places, say) for lane in lanes]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupt, runs)
    results: list[Result] = []
    for ended in asyncio.as_completed([asyncio.create_task(each.result()) for each in runs]):  # they start in order
        results.append(await ended)
        tell(results[-1])
    return tell_all(results, time.monotonic() - began)


def interrupt(runs: Sequence[Run]) -> None:
    for each in runs:
        each.interrupt()


def tell(result: Result) -> None:
    """A lane has ended: its failures, and what pytest counts."""
    busy = sum(seconds for seconds, _ in result.report.computed) / max(result.seconds, 1.0)
    outcome = f"{result.failure or 'well'}, after {result.seconds:.0f} s with {busy:.2f} cores"
    say(f"\n{result.lane.name}: {outcome}", *result.closing, "")


def tell_all(results: Sequence[Result], seconds: float) -> bool:
    """The longest tests, what failed, and the sum."""
    reports = [result.report for result in results]
    failures = [f"The lane {each.lane.name} {each.failure}." for each in results if each.failure]
    say("The files that compute most:", *busiest(reports), "", "The longest tests:", *longest(reports), "", *failures)
    say(f"==== {summary(reports, seconds)} ====")
    return not failures


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this is what the program is for


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.exit(not asyncio.run(run(fast_lanes() if sys.argv[1:] == ["--fast"] else all_lanes())))
