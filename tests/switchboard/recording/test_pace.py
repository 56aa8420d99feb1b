"""When a piece was heard is known from those around it: a worker is held up now and then, sound is not."""

import random
from itertools import accumulate

import pytest
from livekit import rtc

from switchboard.recording.pace import Pace

PIECE = 0.1


def frame() -> rtc.AudioFrame:
    return rtc.AudioFrame.create(24_000, 1, round(24_000 * PIECE))


def times(arrived: list[float]) -> list[float]:
    """Where the pieces are placed that arrive then."""
    pace = Pace()
    found = [place for at in arrived for place, _ in pace.add(at, frame())]
    return found + [place for place, _ in pace.rest()]


def placed(late: list[float], first: float = 10.0) -> list[float]:
    """How far from its time each piece is placed, which comes so late."""
    begins = [first + place * PIECE for place in range(len(late))]
    arrived = [begin + PIECE + each for begin, each in zip(begins, late, strict=True)]
    found = times(list(accumulate(arrived, max)))  # none overtakes another
    return [place - begin for place, begin in zip(found, begins, strict=True)]


def test_pieces_that_come_in_time_stand_where_they_were_heard() -> None:
    assert placed([0.0] * 50) == pytest.approx([0.0] * 50)


def test_a_worker_that_is_held_up_moves_nothing() -> None:
    late = [0.0] * 20 + [0.25, 0.15, 0.05] + [0.0] * 20

    assert placed(late) == pytest.approx([0.0] * 43, abs=1e-6)


@pytest.mark.parametrize("seconds", [0.4, 2.0, 20.0])
def test_a_worker_that_is_held_up_for_long_loses_nothing(seconds: float) -> None:
    late = [seconds - place * PIECE for place in range(round(seconds / PIECE))]

    assert placed([0.0] * 20 + late + [0.0] * 20) == pytest.approx([0.0] * (40 + len(late)), abs=1e-6)


def test_pieces_that_are_always_late_by_chance_are_soon_in_their_place() -> None:
    dice = random.Random(1)
    found = placed([dice.uniform(0, 0.05) for _ in range(300)])

    assert max(map(abs, found[30:])) < 0.02


def test_a_gap_is_left_where_nothing_came() -> None:
    assert times([10.1, 15.1, 15.2]) == pytest.approx([10.0, 15.0, 15.1])


def test_a_short_loss_is_found_out_within_a_second() -> None:
    """The pieces of 100 ms were lost: those that follow are late for good."""
    found = placed([0.0] * 20 + [0.1] * 40)

    assert found[:20] + found[30:] == pytest.approx([0.0] * 20 + [0.1] * 30, abs=1e-6)


def test_a_first_piece_that_comes_late_does_not_move_the_others() -> None:
    found = placed([0.2] + [0.0] * 20)

    assert found == pytest.approx([0.0] * 21, abs=1e-6)
