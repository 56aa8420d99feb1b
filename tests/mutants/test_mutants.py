"""What a trial says of a mutant, and the list of equivalent ones."""

from pathlib import Path

import pytest

from tests.mutants.equivalent import Equivalent, equivalents
from tests.mutants.mutant import Mutant
from tests.mutants.trial import Trial, judge

ROOT = Path(__file__).parents[2]
SOURCE = """
def larger(one, other):
    return one if one > other else other
"""
TESTS = """
from house.room import larger
from house.user import largest

def test_two():
    assert larger(1, 2) == 2

def test_three():
    assert largest(1, 3, 2) == 3

def test_that_ends():
    while larger(1, 2) != 2:
        pass
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "room.py").write_text(SOURCE)
    (tmp_path / "house" / "user.py").write_text(
        "from house.room import larger\ndef largest(one, two, three): return larger(one, larger(two, three))\n"
    )
    (tmp_path / "test_house.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\nmarkers = real\n")
    return tmp_path


def mutant(old: str, new: str) -> Mutant:
    return Mutant(Path("house/room.py"), range(3, 4), SOURCE, SOURCE.replace(old, new))


@pytest.mark.parametrize(
    ("change", "test", "outcome"),
    [
        (("> other", "< other"), "test_two", "killed"),
        (("> other", "< other"), "test_three", "killed"),  # the fault reaches who imports the module
        (("> other", ">= other"), "test_two", "survived"),
        (("> other", "< other"), "test_that_ends", "timed out"),
    ],
)
def test_a_mutant_is_judged_by_the_tests_that_run_it(
    house: Path, change: tuple[str, str], test: str, outcome: str
) -> None:
    seconds = 5.0 if outcome == "timed out" else 60.0
    trial = Trial(mutant(*change), [f"{house}/test_house.py::{test}"], seconds)

    (verdict,) = judge(house, [trial], house)

    assert verdict.outcome == outcome


def test_a_line_that_no_test_runs_is_untested(house: Path) -> None:
    (verdict,) = judge(house, [Trial(mutant("> other", "< other"), [], 0.0)], house)

    assert verdict.outcome == "untested"


def test_more_mutants_than_may_run_at_once_are_all_judged(house: Path) -> None:
    trials = [Trial(mutant("> other", "< other"), [f"{house}/test_house.py::test_two"], 60.0) for _ in range(6)]

    assert [verdict.outcome for verdict in judge(house, trials, house)] == ["killed"] * 6


def test_a_mutant_tells_its_module_and_the_lines_that_differ() -> None:
    changed = mutant("> other", "< other")

    assert changed.module == "house.room"
    assert changed.was == "return one if one > other else other"
    assert changed.becomes == "return one if one < other else other"


@pytest.mark.parametrize("each", equivalents(), ids=lambda each: f"{each.file} {each.was}")
def test_an_equivalent_mutant_is_one_of_lines_that_are_there_and_has_a_reason(each: Equivalent) -> None:
    assert each.stands_in(ROOT)
    assert each.why


def test_a_line_that_is_gone_has_no_equivalent_mutant(house: Path) -> None:
    assert not Equivalent("house/room.py", "return one", "return two", "").stands_in(house)
