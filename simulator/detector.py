"""Telling speech from everything else, one frame of each session after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from simulator.resampler import Samples

Floats: TypeAlias = npt.NDArray[np.float32]
DetectorName: TypeAlias = Literal["silero", "energy"]

# Version 6.2.3, as the PyPI package `silero-vad` carries it. The package itself would install PyTorch.
MODEL = Path(__file__).parent / "silero" / "silero_vad.onnx"
MODEL_RATE = np.array(16_000)
CONTEXT = 64
"""Samples of the frame before that the model wants to see again."""
SCALE = np.float32(1 / 32768)
HYSTERESIS = 0.15
"""Speech that has begun goes on down to this much below the threshold, as the model's authors do it."""
REACH = 24
"""Samples to each side that a sample at the model's rate is made from."""
BLOCK, MADE = 2 * REACH, 32
"""So many samples become so many at the model's rate, in one step."""


class Memory:
    """What is kept of the audio that one session sent before."""

    def __init__(self) -> None:
        self.sound = np.zeros(BLOCK, np.float32)
        self.context = np.zeros(CONTEXT, np.float32)
        self.state = np.zeros((2, 128), np.float32)
        self.speech = False


@dataclass(frozen=True)
class Heard:
    """The next frame of a session: PCM16 mono at 24 kHz. `threshold` is the session's, 0 to 1."""

    memory: Memory
    frame: Samples
    threshold: float


class SpeechDetector(Protocol):
    """Hears each session's audio from its beginning."""

    frame_ms: int
    """The length of the frames that it wants."""
    frames: int
    """So many frames of speech in a row begin a turn."""

    def judge(self, heard: Sequence[Heard]) -> list[bool]:
        """Which of these frames, each of another session, are speech."""
        ...


class EnergyDetector:
    """Loud is speech, be it a tone: at the usual threshold of 0.5, anything above -40 dBFS."""

    frame_ms = 20
    frames = 1

    def judge(self, heard: Sequence[Heard]) -> list[bool]:
        """Compare each frame's level with one that goes from -60 dBFS (0) to -20 dBFS (1)."""
        return [_level(each.frame) >= 10 ** (-3 + 2 * each.threshold) for each in heard]


def _level(frame: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(frame, dtype=np.float64)))) / 32768


class SileroDetector:
    """Silero VAD: voices are speech; noise, music, tones and clicks are not."""

    frame_ms = 32
    frames = 2

    def __init__(self) -> None:
        self._model = _model()

    def judge(self, heard: Sequence[Heard]) -> list[bool]:
        """Compare the model's probabilities of speech with the thresholds."""
        frames = np.stack([each.frame for each in heard]).astype(np.float32) * SCALE
        probabilities = self._probabilities([each.memory for each in heard], frames)
        for each, probability in zip(heard, probabilities, strict=True):
            needed = each.threshold - (HYSTERESIS if each.memory.speech else 0.0)
            each.memory.speech = probability >= needed
        return [each.memory.speech for each in heard]

    def _probabilities(self, memories: Sequence[Memory], frames: Floats) -> list[float]:
        """One run of the model for all: that takes half as long as a run for each."""
        sound = np.hstack((np.stack([memory.sound for memory in memories]), frames))
        seen = np.hstack((np.stack([memory.context for memory in memories]), downsampled(sound)))
        states = np.stack([memory.state for memory in memories], axis=1)
        probabilities, states = self._model.run(None, {"input": seen, "state": states, "sr": MODEL_RATE})
        for index, memory in enumerate(memories):  # copies: a view would keep the sound of all sessions
            memory.sound = sound[index, -BLOCK:].copy()
            memory.context = seen[index, -CONTEXT:].copy()
            memory.state = states[:, index].copy()
        return probabilities[:, 0].tolist()  # type: ignore[no-any-return]


def downsampled(sound: Floats) -> Floats:
    """24 kHz to 16 kHz, a stream in each row, without what 16 kHz cannot hold; 1 ms late.

    Rows are whole blocks, and the first is that before those that are asked for.
    """
    blocks = sound.reshape(len(sound), -1, BLOCK)
    windows = np.concatenate((blocks[:, :-1], blocks[:, 1:]), axis=2)
    # A product for each row: one for all is so large that BLAS wakes threads for it, which cost more than they help.
    return (windows @ _filters()).reshape(len(sound), -1)


@cache
def _filters() -> Floats:
    """A low-pass at 8 kHz in steps of half a sample: a column for each sample made, on one of ours or between two."""
    steps = np.arange(-2 * REACH, 2 * REACH + 1)
    lowpass = np.sinc(steps / 3) * np.kaiser(len(steps), 6)
    lowpass = (lowpass * 2 / lowpass.sum()).astype(np.float32)
    even, odd = lowpass[0::2], lowpass[1::2]
    columns = np.zeros((2 * BLOCK, MADE), np.float32)
    for pair in range(MADE // 2):
        columns[3 * pair : 3 * pair + len(even), 2 * pair] = even
        columns[3 * pair + 2 : 3 * pair + 2 + len(odd), 2 * pair + 1] = odd
    return columns


@cache
def _model() -> Any:
    """One for all sessions: it keeps nothing of what it heard."""
    options = onnxruntime.SessionOptions()
    # More threads are slower for so small a model.
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


DETECTORS: Mapping[DetectorName, Callable[[], SpeechDetector]] = {"silero": SileroDetector, "energy": EnergyDetector}
