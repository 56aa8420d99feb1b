"""`python -m tests.lanes`: the whole test in lanes, and one report at the end; `--fast`: what needs no real part."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.lanes.lane import Lane, Places, Result, Run, pytest_lane
from tests.lanes.report import busiest, longest, summary

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "test"
LANES = {
    "crowd": ("tests/phone/test_busy.py",),
    "deploy": ("tests/deploy",),
    "phone": ("tests/phone",),
    "ladder": ("tests/switchboard/ladder",),
    "app": ("tests/app",),
    "calls": ("tests/switchboard/call",),
    "browser": ("tests/browser",),
    "attacks": ("tests/attacks", "tests/faults", "tests/clients"),
    "rooms": ("tests/switchboard/room", "tests/switchboard/transfer", "tests/rehearsal/voice"),
    "service": ("tests/switchboard/realtime", "tests/switchboard/recording"),
    "bench": ("tests/bench",),
    "outages": ("tests/outages",),
    "commands": ("tests/app/new", "tests/test_main.py"),
    "sound": ("tests/simulator",),
    "engine": ("tests/switchboard",),
    "rest": ("tests",),
}
"""The folders and files of each lane, without those that have a lane of their own. They begin in this order: those that
wait longest first, for people who speak and phones that ring, and beside one that starts many programs one that starts
none."""
CROWDED = ("crowd",)
"""Of fifty callers at once nobody beside them gets a core: what takes a second takes half a minute."""
ALONE = ("deploy",)
"""Containers have networks, and these go again: a call whose sound went by one of them, as WebRTC may choose, hears
nothing for three to five seconds then (docs/upstream.md, 11). So it comes early, beside one that has no calls in rooms.
"""
COMPUTE = ("sound", "engine", "rest")
"""These wait for nobody: they run beside the others, one at a time, and give way to them. Not "commands": they make
calls, and who gives way to four programs gets a seventh of a core."""
FAST = ("calls", "ladder", "attacks", "rooms", "service", "commands", "engine", "rest", "sound")


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
    return replace(lane, gives_way=name in COMPUTE, alone=name in ALONE, crowded=name in CROWDED)


async def run(lanes: Sequence[Lane], cores: int = os.cpu_count() or 1) -> bool:
    """Run them side by side and tell what came of it; whether all is well.

    One for each core, and one that gives way: with more, calls would wait for a core.
    """
    began = time.monotonic()
    places = Places(cores)
    runs = [Run(lane, places, say) for lane in lanes]
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
    say(f"\n{result.lane.name}: {result.failure or 'well'}, after {result.seconds:.0f} s", *result.closing, "")


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
