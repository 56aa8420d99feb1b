"""What a caller hears while a person is being called: a short tune, our own and free of anybody's rights."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
from livekit import rtc

Samples = npt.NDArray[np.float64]

RATE = 24_000
FRAME = RATE // 50
BEAT = 0.42
"""Seconds."""
LEVEL = 0.12
"""Of full scale: well below a voice."""
# Two bars each of C, A minor, F and G: (MIDI note, beats); 0 is a rest.
MELODY = (
    *((67, 1), (64, 1), (72, 2), (71, 1), (67, 1), (64, 2)),
    *((69, 1), (72, 1), (76, 2), (74, 1), (72, 1), (69, 2)),
    *((65, 1), (69, 1), (72, 2), (69, 1), (72, 1), (77, 2)),
    *((74, 1), (71, 1), (67, 2), (71, 1), (74, 1), (67, 2)),
)
BASS = ((48, 4), (52, 4), (45, 4), (52, 4), (41, 4), (48, 4), (43, 4), (50, 4))


def music() -> Iterator[rtc.AudioFrame]:
    """The tune again and again, in frames of 20 ms: 24 kHz, mono."""
    tune = _tune()
    while True:
        for start in range(0, len(tune), FRAME):
            yield rtc.AudioFrame(tune[start : start + FRAME].tobytes(), RATE, 1, FRAME)


@cache
def _tune() -> npt.NDArray[np.int16]:
    """Thirteen seconds, made once; a whole number of frames."""
    both = _voice(MELODY, 1.0) + _voice(BASS, 0.7)
    samples: npt.NDArray[np.int16] = (both / np.abs(both).max() * LEVEL * 32767).astype(np.int16)
    return samples[: len(samples) // FRAME * FRAME]


def _voice(notes: tuple[tuple[int, int], ...], weight: float) -> Samples:
    return weight * np.concatenate([_note(note, beats) for note, beats in notes])


def _note(note: int, beats: int) -> Samples:
    """A plucked sound that dies away."""
    time = np.arange(round(beats * BEAT * RATE)) / RATE
    pitch = 440 * 2 ** ((note - 69) / 12)
    sound = np.sin(2 * np.pi * pitch * time) + 0.3 * np.sin(4 * np.pi * pitch * time)
    envelope: Samples = np.exp(-2.2 * time) * np.minimum(1, time / 0.01) * np.minimum(1, (time[-1] - time) / 0.02)
    return np.asarray(sound * envelope)
