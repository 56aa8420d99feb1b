"""The benchmark of a handoff's silence: what is taken from the sound, and its bars."""

import pytest

from bench.caller import CallFailedError
from bench.gap import FIRST_AUDIO, PHONE, WAYS, WEB, GapFigures, bars, ends, gaps

ANSWERS = [10.8, 10.9, 21.2, 21.3]
LAST = [30.8, 30.9, 31.0, 31.34, 31.36]


def test_a_call_tells_how_long_each_turn_waits_and_the_longest_pause_of_the_last_answer() -> None:
    told = gaps([10.0, 20.0, 30.0], [*ANSWERS, *LAST])

    assert told == {
        "answered": pytest.approx(0.8),
        "wordless": pytest.approx(1.2),
        "announced": pytest.approx(0.34),
    }


def test_a_turn_without_an_answer_is_a_call_that_failed() -> None:
    with pytest.raises(CallFailedError):
        gaps([10.0, 20.0, 30.0], [*ANSWERS, 29.0])


def test_each_piece_of_sound_ends_where_it_is_quiet_for_long_and_the_last_one_with_the_recording() -> None:
    assert ends([1.0, 1.02, 1.1, 5.0, 5.02]) == [pytest.approx(1.12), pytest.approx(5.04)]


def test_a_bar_whose_calls_all_failed_does_not_hold() -> None:
    assert all(line.endswith("DOES NOT HOLD") for line in bars(GapFigures()))


@pytest.mark.parametrize(("wordless", "announced", "holds"), [(1.14, 0.34, True), (1.16, 0.36, False)])
def test_a_handoff_may_take_fifty_milliseconds_more_than_the_service(
    wordless: float, announced: float, holds: bool
) -> None:
    figures = GapFigures()
    for way in WAYS:
        figures.add(("answered", way), 0.8)
        figures.add(("wordless", way), wordless)
        figures.add(("announced", way), announced)

    assert FIRST_AUDIO == 0.3
    assert [line.endswith(", holds") for line in bars(figures)] == [holds] * 4
    assert figures.above("announced", WEB, 95) == pytest.approx(figures.above("announced", PHONE, 50))
