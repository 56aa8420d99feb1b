"""Telling speech from everything else, one frame after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from simulator.voice import Samples

Floats: TypeAlias = npt.NDArray[np.float32]
DetectorName: TypeAlias = Literal["silero", "energy"]

# Version 6.2.3, as the PyPI package `silero-vad` carries it. The package itself would install PyTorch.
MODEL = Path(__file__).parent / "silero" / "silero_vad.onnx"
MODEL_RATE = 16_000
CONTEXT = 64
"""Samples of the frame before that the model wants to see again."""
SCALE = np.float32(1 / 32768)
HYSTERESIS = 0.15
"""Speech that has begun goes on down to this much below the threshold, as the model's authors do it."""
REACH = 24
"""Samples to each side that a sample at the model's rate is made from."""


class SpeechDetector(Protocol):
    """Hears one session's audio from its beginning: PCM16 mono at 24 kHz."""

    frame_ms: int
    """The length of the frames that it wants."""
    frames: int
    """So many frames of speech in a row begin a turn."""

    def is_speech(self, frame: Samples, threshold: float) -> bool:
        """Whether `frame` is speech. `threshold` is the session's, 0 to 1."""
        ...


MakeDetector: TypeAlias = Callable[[], SpeechDetector]


class EnergyDetector:
    """Loud is speech, be it a tone: at the usual threshold of 0.5, anything above -40 dBFS."""

    frame_ms = 20
    frames = 1

    def is_speech(self, frame: Samples, threshold: float) -> bool:
        """Compare the frame's level with one that goes from -60 dBFS (0) to -20 dBFS (1)."""
        level = float(np.sqrt(np.mean(np.square(frame, dtype=np.float64)))) / 32768
        return level >= 10 ** (-3 + 2 * threshold)


class SileroDetector:
    """Silero VAD: voices are speech; noise, music, tones and clicks are not."""

    frame_ms = 32
    frames = 2

    def __init__(self) -> None:
        self._model = _model()
        self._to_model_rate = Downsampler()
        self._context = np.zeros(CONTEXT, np.float32)
        self._state = np.zeros((2, 1, 128), np.float32)
        self._speech = False

    def is_speech(self, frame: Samples, threshold: float) -> bool:
        """Compare the model's probability of speech with the threshold."""
        probability = self._probability(frame.astype(np.float32) * SCALE)
        self._speech = probability >= threshold - (HYSTERESIS if self._speech else 0.0)
        return self._speech

    def _probability(self, frame: Floats) -> float:
        heard = np.concatenate((self._context, self._to_model_rate(frame)))
        self._context = heard[-CONTEXT:]
        given = {"input": heard[np.newaxis], "state": self._state, "sr": np.array(MODEL_RATE)}
        probability, self._state = self._model.run(None, given)
        return float(probability[0, 0])


class Downsampler:
    """24 kHz to 16 kHz in a stream, without what 16 kHz cannot hold; 1 ms late."""

    def __init__(self) -> None:
        self._last = np.zeros(2 * REACH, np.float32)

    def __call__(self, samples: Floats) -> Floats:
        """Two samples for every three. The number of samples has to be a multiple of three."""
        heard = np.concatenate((self._last, samples))
        self._last = heard[-2 * REACH :]
        windows = np.lib.stride_tricks.sliding_window_view(heard, 2 * REACH + 1)
        even, odd = _filters()
        made = np.empty(len(samples) * 2 // 3, np.float32)
        made[0::2] = windows[0::3] @ even
        made[1::2] = windows[1::3, 1:] @ odd
        return made


@cache
def _filters() -> tuple[Floats, Floats]:
    """A low-pass at 8 kHz in steps of half a sample: for the samples that fall on one, and those between two."""
    steps = np.arange(-2 * REACH, 2 * REACH + 1)
    lowpass = np.sinc(steps / 3) * np.kaiser(len(steps), 6)
    lowpass = (lowpass * 2 / lowpass.sum()).astype(np.float32)
    return lowpass[0::2], lowpass[1::2]


@cache
def _model() -> Any:
    """One for all sessions: it keeps nothing of what it heard."""
    options = onnxruntime.SessionOptions()
    # More threads are slower for so small a model.
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


DETECTORS: Mapping[DetectorName, MakeDetector] = {"silero": SileroDetector, "energy": EnergyDetector}
