"""What a caller says, as the WAV file that Chromium plays into its fake microphone."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.spoken import spoken
from simulator.voice import RATE, resample

MICROPHONE_RATE = 48_000

Said = str | float
"""Words, or seconds of silence."""


def record(path: Path, script: Sequence[Said]) -> Path:
    """Write the sentences and pauses of `script` to `path`: 48 kHz, mono."""
    pieces = [_samples(said) for said in script]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes(np.concatenate(pieces).tobytes())
    return path


def _samples(said: Said) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    if isinstance(said, float):
        return np.zeros(round(said * MICROPHONE_RATE), np.int16)
    return resample(np.frombuffer(spoken(said), np.int16), RATE, MICROPHONE_RATE)
