"""The tune that callers on hold hear."""

from itertools import islice

import numpy as np
import pytest

from switchboard.transfer.hold_music import BASS, BEAT, FRAME, LEVEL, MELODY, RATE, _tune, music

TUNE_SECONDS = 13


def test_the_tune_goes_on_for_ever_in_frames_of_one_length() -> None:
    frames = list(islice(music(), 2 * TUNE_SECONDS * RATE // FRAME))

    assert {(frame.samples_per_channel, frame.sample_rate, frame.num_channels) for frame in frames} == {
        (FRAME, RATE, 1)
    }


def test_the_tune_is_heard_all_along_and_is_quieter_than_a_voice() -> None:
    samples = np.concatenate(
        [np.frombuffer(frame.data, np.int16) for frame in islice(music(), TUNE_SECONDS * RATE // FRAME)]
    ).astype(np.float64)
    seconds = np.sqrt(np.mean(samples[: TUNE_SECONDS * RATE].reshape(TUNE_SECONDS, RATE) ** 2, axis=1))

    assert np.all(seconds > 200)
    assert np.abs(samples).max() < 0.2 * 32768


def test_the_frames_one_after_the_other_are_the_tune_and_then_the_tune_again() -> None:
    tune = _tune()
    frames = islice(music(), 2 * len(tune) // FRAME)

    assert b"".join(bytes(frame.data) for frame in frames) == tune.tobytes() * 2


def test_the_loudest_moment_is_at_the_level() -> None:
    assert int(np.abs(_tune()).max()) == int(LEVEL * 32767)


def test_each_note_of_melody_and_bass_is_heard_and_begins_without_a_click() -> None:
    tune = _tune().astype(np.float64)
    for notes, share in ((MELODY, 1.0), (BASS, 0.7)):
        at = 0.0
        for note, beats in notes:
            piece = tune[round(at * RATE) : round((at + beats * BEAT) * RATE)]
            assert loudness(piece[: RATE // 5], note) > 0.6 * share * LEVEL * 32767 / 2
            at += beats * BEAT
    first = np.abs(tune[: RATE // 50])
    assert first[0] == 0
    assert first.max() > LEVEL * 32767 / 3  # there within 20 ms


def loudness(samples: "np.typing.NDArray[np.float64]", note: int) -> float:
    """How much of a pitch is in it: the amplitude of its fundamental."""
    pitch = 440 * 2 ** ((note - 69) / 12)
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * pitch * np.arange(len(samples)) / RATE))))


@pytest.fixture(autouse=True)
def made_anew() -> None:
    """The tune is made once in a process."""
    _tune.cache_clear()
