"""Lanes of real pytest processes."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lanes.__main__ import ROOT, all_lanes, run
from tests.lanes.lane import NICE, Lane, Places, Run, pytest_lane

MakeLane = Callable[[str, str], Lane]
MEETS = """
import pathlib
def test_the_other_lane_runs_meanwhile():
    here = pathlib.Path(__file__).parent
    (here / "{mine}").touch()
    while not (here / "{other}").exists():
        pass
"""
WAITS = """
import pathlib, pytest, signal
@pytest.fixture
def cleaned():
    yield
    (pathlib.Path(__file__).parent / "cleaned").touch()
def test_that_waits(cleaned):
    print("started", flush=True)
    signal.pause()
"""


@pytest.fixture
def make_lane(tmp_path: Path) -> MakeLane:
    """A lane of this name with a file of tests."""

    def make(name: str, tests: str) -> Lane:
        file = tmp_path / f"test_{name}.py"
        file.write_text(tests)
        return pytest_lane(name, tmp_path, "-s", str(file))

    return make


def test_every_file_of_tests_is_in_one_lane() -> None:
    files = [file.relative_to(ROOT) for file in (ROOT / "tests").rglob("test_*.py")]
    lanes = {str(file): [lane.name for lane in all_lanes() if runs(lane, file)] for file in files}

    assert len(files) > 100
    assert {file: names for file, names in lanes.items() if len(names) != 1} == {}


def runs(lane: Lane, file: Path) -> bool:
    """Whether this lane's command takes the tests of this file."""
    ignored = [word.removeprefix("--ignore=") for word in lane.command if word.startswith("--ignore=")]
    folders = [word for word in lane.command if word.startswith("tests")]
    return any(map(file.is_relative_to, folders)) and not any(map(file.is_relative_to, ignored))


async def test_lanes_run_side_by_side_and_all_tests_are_counted_and_the_longest_named(
    make_lane: MakeLane, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = [make_lane(mine, MEETS.format(mine=mine, other=other)) for mine, other in (("a", "b"), ("b", "a"))]

    assert await run(lanes)

    told = capsys.readouterr().out.splitlines()
    assert told[-1].startswith("==== 2 passed in ")
    longest = told[told.index("The longest tests:") + 1 : -2]
    assert len(longest) == 2
    assert all(line.endswith("::test_the_other_lane_runs_meanwhile") for line in longest)
    assert [line for line in told if line.startswith("      a | ")]


async def test_what_each_file_computes_is_told(make_lane: MakeLane, capsys: pytest.CaptureFixture[str]) -> None:
    works = (
        "import time\ndef test_it():\n    end = time.process_time() + {0}\n    while time.process_time() < end: pass\n"
    )
    assert await run([make_lane("a", works.format(0.0)), make_lane("b", works.format(0.5))])

    told = capsys.readouterr().out.splitlines()
    busiest = told[told.index("The files that compute most:") + 1 :][:3]
    assert [line.rsplit("/", 1)[-1].rsplit("  ", 1)[-1] for line in busiest] == ["test_b.py", "test_a.py", "all"]


async def test_a_lane_is_over_with_its_tests_whatever_threads_it_leaves(
    make_lane: MakeLane, capsys: pytest.CaptureFixture[str]
) -> None:
    stays = "import threading\ndef test_stays():\n    threading.Thread(target=threading.Event().wait).start()\n"

    assert await run([make_lane("a", stays)])
    assert capsys.readouterr().out.splitlines()[-1].startswith("==== 1 passed in ")


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        ("def test_no():\n    assert 1 == 2\n", "failed (exit code 1)"),
        ("import os\ndef test_crash():\n    os.kill(os.getpid(), 9)\n", "was killed by SIGKILL"),
        ("import nothing_of_this_name\n", "failed (exit code 2)"),
        ("import pytest\n@pytest.mark.skip\ndef test_not_here():\n    pass\n", "ran no test"),
    ],
)
async def test_one_lane_that_goes_wrong_makes_the_whole_red(
    make_lane: MakeLane, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tests: str, why: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    good = make_lane("good", "def test_yes():\n    pass\n")

    assert not await run([good, make_lane("bad", tests)])

    told = capsys.readouterr().out.splitlines()
    assert f"The lane bad {why}." in told
    assert told[-1].startswith("==== ")
    assert "1 passed" in told[-1]


async def test_a_lane_that_is_ended_from_outside_tells_what_it_was_doing(
    make_lane: MakeLane, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = "import os, sys\ndef test_end():\n    print('a panic', file=sys.stderr)\n    os.kill(os.getpid(), 15)\n"

    lane = make_lane("bad", tests)
    captured = replace(lane, command=[word for word in lane.command if word != "-s"])

    assert not await run([captured])

    told = capsys.readouterr().out.splitlines()
    assert "The lane bad was killed by SIGTERM." in told
    assert "    bad | a panic" in told
    assert any("ended in " in line and line.endswith("test_bad.py::test_end (call)") for line in told)


async def test_a_command_that_is_no_test_is_shown_and_its_failure_counts(capsys: pytest.CaptureFixture[str]) -> None:
    lane = Lane("style", (sys.executable, "-c", "import sys; print('too long'); sys.exit(3)"))

    assert not await run([lane])

    told = capsys.readouterr().out.splitlines()
    assert "  style | too long" in told
    assert "The lane style failed (exit code 3)." in told


async def test_where_there_is_one_place_lanes_run_one_after_the_other_in_their_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lanes = [Lane(f"lane {number}", (sys.executable, "-c", f"print({number})")) for number in range(5)]

    assert await run(lanes, cores=1)

    shown = [line for line in capsys.readouterr().out.splitlines() if " | " in line]
    assert shown == [f" lane {number} | {number}" for number in range(5)]


async def test_beside_a_lane_that_is_to_be_alone_there_are_only_those_that_give_way(tmp_path: Path) -> None:
    began = "import sys, pathlib; pathlib.Path(sys.argv[1]).touch()"
    waits = "import sys, pathlib\nwhile not pathlib.Path(sys.argv[1]).exists(): pass\n"
    tells = "print(*(path.exists() for path in map(pathlib.Path, sys.argv[2:])), flush=True)"
    polite, other = str(tmp_path / "polite"), str(tmp_path / "other")
    first = Lane("alone", (sys.executable, "-c", f"{waits}{tells}", polite, other), alone=True)
    lanes = [
        first,
        Lane("other", (sys.executable, "-c", began, other)),
        Lane("polite", (sys.executable, "-c", began, polite), gives_way=True),
    ]
    shown: list[str] = []
    places = Places(2)
    runs = [Run(lane, places, shown.append) for lane in lanes]

    assert [result.failure for result in await asyncio.gather(*(each.result() for each in runs))] == [None] * 3
    assert shown == ["  alone | False"]


@pytest.mark.parametrize("polite", [False, True])
async def test_beside_a_lane_that_takes_all_cores_there_is_none(polite: bool) -> None:
    places, other = Places(2), Lane("other", (), gives_way=polite)
    async with places.taken(Lane("crowd", (), crowded=True)):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(places.taken(other).__aenter__(), 0.05)
    async with places.taken(other):
        pass


async def test_failures_are_told_in_one_piece_when_a_lane_has_ended(make_lane: MakeLane) -> None:
    shown: list[str] = []
    result = await Run(make_lane("bad", "def test_no():\n    assert 1 == 2\n"), Places(1), shown.append).result()

    assert not any("assert 1 == 2" in line for line in shown)
    assert any("assert 1 == 2" in line for line in result.closing)
    assert "1 failed" in result.closing[-1]


async def test_a_lane_that_gives_way_does_so_with_all_that_it_starts() -> None:
    shown: list[str] = []
    tells = "import os; print(os.nice(0), flush=True)"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {tells!r}])"
    lane = Lane("polite", (sys.executable, "-c", starts), gives_way=True)

    assert (await Run(lane, Places(1), shown.append).result()).code == 0
    assert shown == [f" polite | {min(os.nice(0) + NICE, 19)}"]


async def test_an_interrupted_lane_ends_what_its_tests_have_started_and_one_that_waits_stays_away(
    make_lane: MakeLane, tmp_path: Path
) -> None:
    began, place = asyncio.Event(), Places(1)

    def show(line: str) -> None:
        if "started" in line:
            began.set()

    runs = [Run(make_lane("waits", WAITS), place, show), Run(make_lane("next", "def test_yes(): pass"), place, show)]
    both = asyncio.gather(*(each.result() for each in runs))
    await began.wait()
    for each in runs:
        each.interrupt()

    assert [result.failure for result in await both] == ["failed (exit code 2)", "was not run"]
    assert (tmp_path / "cleaned").exists()
