"""What agents claim is found in their words: rather one too few than one too many."""

import time

import pytest

from bench.claims import LEAST_PRECISION, LEAST_RECALL, measure
from switchboard.line.claims import claims, tells
from switchboard.line.deeds import Deed

BOX = Deed(to="box", done=("cancelled",), doing=("cancelling",), is_it=True)
DOOR = Deed(to="door", done=("opened", "put _ up"), doing=("opening",), state=("open",))


def test_the_table_of_sentences_is_judged_well() -> None:
    figures = measure()

    assert figures.sentences >= 200
    assert figures.precision >= LEAST_PRECISION, [case.says for case in figures.wrong]
    assert figures.recall >= LEAST_RECALL, [case.says for case in figures.missed]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It's cancelled. Is there anything else?", ["It's cancelled."]),
        ("Hello. I\u2019ve cancelled your box \u2014 all done.", ["I've cancelled your box \u2014 all done."]),
        ("I've cancelled the box and opened the door.", ["I've cancelled the box and opened the door."] * 2),
        ("I'm cancelling it. What is your name?", []),
        ("It's open.", []),
        ("The door is open.", ["The door is open."]),
        ("I've put the door up.", ["I've put the door up."]),
        ('You wrote "I\'ve cancelled your box", I see.', []),
        ("Please confirm these details: the box is cancelled today.", []),
    ],
)
def test_a_claim_is_found_with_its_sentence(text: str, found: list[str]) -> None:
    assert [claim.sentence for claim in claims(text, (BOX, DOOR))] == found


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ("I've cancelled your box.", 1),
        ("I've cancelled your box, and the mon", 1),
        ("I've cancelled your box", 0),  # ... "if that is what you asked for?"
        ("Of course. It's cancelled", 0),
    ],
)
def test_of_a_sentence_that_was_broken_off_only_what_is_whole_counts(heard: str, found: int) -> None:
    assert len(claims(heard, (BOX,), whole=False)) == found


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("That box was cancelled three days ago.", True),
        ("Box 7, a large one: cancelled.", True),
        ("It can still be cancelled.", False),
        ("Once a box is cancelled, nothing is sent.", False),
        ("Very well.", False),
    ],
)
def test_what_a_tool_tells_of_a_deed_is_understood(result: str, told: bool) -> None:
    assert tells(result, BOX) is told


def test_an_endless_answer_takes_no_time() -> None:
    endless = "I have a box, and your box of your box, number one one one, with the box that I put in the box " * 200
    began = time.process_time()
    claims(endless, (BOX, DOOR))

    assert time.process_time() - began < 1
