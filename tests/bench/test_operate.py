"""The benchmark of operators' pages: the lists run as a person runs it, and the bars of a worker's costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import live
from bench.lists import ENGINES
from bench.overhead import Condition, Overhead, as_json, bars

ROOT = Path(__file__).resolve().parents[2]


def test_lists_on_both_databases_are_measured_and_told_as_json_on_the_last_line() -> None:
    options = ("--only", "filter,search", "--calls", "300", "--rounds", "1", "--json")
    ran = subprocess.run(
        [sys.executable, "-m", "bench.operate", *options], cwd=ROOT, capture_output=True, text=True, timeout=110
    )

    found = json.loads(ran.stdout.splitlines()[-1])
    assert {part: set(by_engine) for part, by_engine in found.items()} == {
        "filter_ms": {"sqlite", "postgres"},
        "search_ms": {"sqlite", "postgres"},
    }
    assert all(figures["p95"] > 0 for by_engine in found.values() for figures in by_engine.values())


@pytest.mark.parametrize(("on", "recording", "holds"), [(2.06, 2.3, [True, True]), (2.07, 2.31, [False, False])])
def test_a_call_may_take_so_much_more_with_all_that_operators_are_told(
    on: float, recording: float, holds: list[bool]
) -> None:
    found = Overhead()
    figures: list[tuple[Condition, float]] = [("off", 2.0), ("on", on), ("recording", recording)]
    for noise in (1.0, 1.2, 3.0):  # a round in which the machine was busy is slow for all three
        for condition, seconds in figures:
            found.cpu[condition].append(seconds * noise)

    assert [held for _, held in bars(found)] == holds
    assert as_json(found) == {"off": 1.0, "on": round(on / 2, 3), "recording": round(recording / 2, 3)}


async def test_every_event_of_every_call_is_seen_on_every_page_of_both_databases(tmp_path: Path) -> None:
    found = await live.measure(tmp_path, seconds=1.0)

    least = live.CALLS * live.PAGES * 3  # answered, something said, ended
    assert all(len(found.of[engine]) >= least and len(found.of[engine]) % live.PAGES == 0 for engine in ENGINES)
    assert set(live.as_json(found)) == {"p50", "p95", *ENGINES}
