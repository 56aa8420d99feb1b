"""A lane is as long as the call, and what was heard stands in it when it was heard."""

import json

import numpy as np
import pytest

from switchboard.recording.lane import Lane
from switchboard.recording.opus import RATE
from tests.switchboard.recording.heard import Heard

TOLERANCE = 0.021
"""One step of the measure."""


def tone(seconds: float) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)


def write(lane: Lane, at: float, samples: np.ndarray, piece: float = 0.05) -> None:
    """Piece by piece, as it comes."""
    size = round(piece * RATE)
    for start in range(0, len(samples), size):
        lane.write(at + start / RATE, samples[start : start + size])


def heard(lane: Lane, until: float) -> Heard:
    sound, peaks = lane.finish(until)
    told = json.loads(peaks)
    assert told["per_second"] == 50
    return Heard.read(sound, told["peaks"])


def test_what_was_heard_stands_where_it_was_heard_and_the_rest_is_silence() -> None:
    lane = Lane()
    write(lane, 2.0, tone(1))
    write(lane, 7.31, tone(0.5))

    found = heard(lane, 10.0)

    assert found.seconds == pytest.approx(10.0, abs=0.07)
    assert found.sounds() == [pytest.approx((2.0, 3.0), abs=TOLERANCE), pytest.approx((7.31, 7.81), abs=TOLERANCE)]
    assert found.peaks_agree()


def test_what_was_taken_back_was_not_heard() -> None:
    lane = Lane()
    write(lane, 1.0, tone(0.6))
    lane.cut(1.4)
    write(lane, 2.0, tone(0.2))

    assert heard(lane, 3.0).sounds() == [
        pytest.approx((1.0, 1.4), abs=TOLERANCE),
        pytest.approx((2.0, 2.2), abs=TOLERANCE),
    ]


def test_nothing_of_a_secret_is_left_whether_it_was_encoded_or_not() -> None:
    lane = Lane()
    write(lane, 0.0, tone(2.0))
    lane.blank(1.0)
    write(lane, 2.0, tone(2.0))
    lane.blank(3.8)

    found = heard(lane, 4.0)

    assert found.loudest(1.0, 1.94) == 0  # what is allowed again begins to sound within its packet
    assert found.loudest(3.82, 4.0) < 0.01  # its packet begins before
    assert found.loudest(0.1, 0.9) > 0.2
    assert found.loudest(2.4, 3.7) > 0.2
    assert max(found.peaks[51:99]) == 0


def test_a_voice_is_as_loud_after_a_silence_as_before() -> None:
    """Silence is the same packet again and again: the encoder must not believe that the decoder has heard another."""
    lane = Lane()
    write(lane, 0.0, tone(1.0))
    write(lane, 5.0, tone(1.0))

    found = heard(lane, 7.0)

    assert found.loudest(5.06, 5.12) == pytest.approx(found.loudest(0.5, 1.0), rel=0.1)


def test_pieces_that_follow_one_another_but_for_the_clock_s_grain_are_one_sound() -> None:
    lane, sound = Lane(), tone(1.0)
    for place in range(20):
        begin = place * RATE // 20
        lane.write(1.0 + place / 20 + (0.002 if place % 2 else -0.002), sound[begin : begin + RATE // 20])

    assert heard(lane, 3.0).sounds() == [pytest.approx((1.0, 2.0), abs=TOLERANCE)]


def test_what_overlaps_is_heard_once() -> None:
    lane = Lane()
    write(lane, 1.0, tone(0.5))
    lane.write(1.3, tone(0.5))

    assert heard(lane, 3.0).sounds() == [pytest.approx((1.0, 1.8), abs=TOLERANCE)]


def test_a_lane_that_begins_late_in_a_long_call_is_made_in_no_time_and_small() -> None:
    lane = Lane()
    lane.write(1800.0, tone(1.0))
    sound, _ = lane.finish(1801.0)

    assert len(sound) < 400_000
    assert Heard.read(sound, []).sounds() == [pytest.approx((1800.0, 1801.0), abs=TOLERANCE)]


def test_nothing_of_a_secret_sounds_on_in_the_packet_that_follows_it() -> None:
    lane = Lane()
    write(lane, 0.0, tone(2.0))
    lane.blank(1.0)

    found = heard(lane, 4.0)

    assert found.loudest(1.0, 4.0) == 0
