"""The tune that callers on hold hear."""

from itertools import islice

import numpy as np

from switchboard.transfer.hold_music import FRAME, RATE, music

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
