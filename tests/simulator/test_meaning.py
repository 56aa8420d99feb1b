"""What callers mean is told by example."""

from pathlib import Path

import pytest

from simulator import meaning
from simulator.meaning import Examples, Meanings
from simulator.playbook import read_book
from workflows.support_line import SUPPORT_LINE

TRACK: Examples = ("Where is my parcel?", "My order hasn't arrived")
PERSON: Examples = ("I want to speak to a person", "A human please")
ILL: Examples = ("Ich bin krank", "I feel ill")


@pytest.fixture(scope="module")
def meanings() -> Meanings:
    return Meanings((TRACK, PERSON, ILL))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("where is my parcel", TRACK),
        ("When will my package get here?", TRACK),
        ("could I talk to somebody human", PERSON),
        ("Mir ist schlecht, ich habe Fieber", ILL),
        ("I like the colour of the sky", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_clause_means_what_the_nearest_example_does_if_one_is_near(
    meanings: Meanings, words: str, meant: Examples | None
) -> None:
    assert meanings.of(words) == meant


@pytest.mark.parametrize(
    "values", ["10042", "one zero zero, four two", "SW1A 2AA", "anna.smith@example.com", "10042, M1 4BT"]
)
def test_numbers_and_addresses_mean_nothing(meanings: Meanings, values: str) -> None:
    assert meanings.of(values) is None
    assert Meanings((TRACK,), near=0.999).of(f"Where is my parcel, {values}?") == TRACK


def test_how_near_it_has_to_be_is_said_by_the_playbook() -> None:
    words = "When will my package get here?"

    assert Meanings((TRACK,), near=0.3).of(words) == TRACK
    assert Meanings((TRACK,), near=0.99).of(words) is None


def test_of_two_examples_that_are_as_near_the_first_counts() -> None:
    assert Meanings((("A person",), ("A person!",), PERSON)).of("A person?") == ("A person",)


def test_a_list_that_stands_in_several_places_is_one(meanings: Meanings) -> None:
    assert Meanings((TRACK, PERSON, TRACK)).of("A human please") == meanings.of("A human please")


def test_what_examples_mean_is_reckoned_by_whoever_warms_and_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reckon, reckoned = meaning._vectors, list[Examples]()

    def noted(examples: Examples) -> meaning.Vectors:
        reckoned.append(examples)
        return reckon(examples)

    monkeypatch.setattr(meaning, "_vectors", noted)
    meanings = Meanings((TRACK, PERSON))
    before = list(reckoned)
    meanings.warm()

    assert before == []
    assert meanings.of("where is my parcel") == TRACK
    assert reckoned == [TRACK, PERSON]


def test_without_examples_and_to_read_a_playbook_no_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_model", lambda: pytest.fail("loaded"))

    assert Meanings(()).of("hello") is None
    assert isinstance(SUPPORT_LINE.playbook, Path)
    assert read_book(SUPPORT_LINE.playbook).topics
