"""`python -m tests.lanes`: the whole test in lanes, and one report at the end; `--fast`: what needs no real part."""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.lanes.lane import Lane, Result, Run, pytest_lane
from tests.lanes.report import longest, summary

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "test"
OF_THEIR_OWN = {
    "phone": ("tests/phone",),
    "web": ("tests/browser", "tests/bench", "tests/app"),
    "deploy": ("tests/deploy",),
    "engine": ("tests/switchboard",),
}
"""Folders whose tests mostly wait: for people who speak, phones that ring, containers. All others share a lane."""
FAST = ("engine", "rest")
AT_ONCE = 3
"""So many lanes fit on two cores: calls in real time would be late beside more that compute."""


def all_lanes() -> list[Lane]:
    """Every test and every check, the longest lanes first."""
    return [*_test_lanes(), Lane("check", ("make", "--no-print-directory", "check"))]


def fast_lanes() -> list[Lane]:
    """All tests that need no real part."""
    return [lane for lane in _test_lanes("-m", "not real") if lane.name in FAST]


def _test_lanes(*arguments: str) -> list[Lane]:
    others = [f"--ignore={folder}" for folders in OF_THEIR_OWN.values() for folder in folders]
    return [
        *(pytest_lane(name, FOLDER, *arguments, *folders) for name, folders in OF_THEIR_OWN.items()),
        pytest_lane("rest", FOLDER, *arguments, "tests", *others),
    ]


async def run(lanes: Sequence[Lane], at_once: int = AT_ONCE) -> bool:
    """Run them side by side and tell what came of it; whether all is well."""
    began = time.monotonic()
    places = asyncio.Semaphore(at_once)
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
    say("The longest tests:", *longest(reports), "", *failures, f"==== {summary(reports, seconds)} ====")
    return not failures


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this is what the program is for


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.exit(not asyncio.run(run(fast_lanes() if sys.argv[1:] == ["--fast"] else all_lanes())))
