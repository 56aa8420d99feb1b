"""What is heard of a recording: decoded by FFmpeg, and measured."""

import io
import json
from pathlib import Path
from typing import Self

import av
import numpy as np

RATE = 48_000
STEP = RATE // 50
LOUD = 0.02


class Heard:
    """A file of a lane, and its peaks."""

    def __init__(self, sound: bytes, peaks: list[int]) -> None:
        with av.open(io.BytesIO(sound), "r") as container:
            frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        samples = np.abs(np.concatenate(frames))
        self.peaks = peaks
        self.seconds = len(samples) / RATE
        self._loudest = samples[: len(samples) // STEP * STEP].reshape(-1, STEP).max(axis=1)

    @classmethod
    def lane(cls, folder: Path, call_id: str, name: str) -> Self:
        """A lane of that call, as it is kept in the folder."""
        peaks = json.loads((folder / call_id / f"{name}.peaks.json").read_text())
        return cls((folder / call_id / f"{name}.ogg").read_bytes(), peaks["peaks"])

    def sounds(self, pause: float = 0.1) -> list[tuple[float, float]]:
        """The stretches of sound, in seconds; apart by a pause at least."""
        found: list[tuple[float, float]] = []
        for step in np.flatnonzero(self._loudest > LOUD):
            begin = step / 50
            if found and begin - found[-1][1] < pause:
                found[-1] = (found[-1][0], begin + 0.02)
            else:
                found.append((begin, begin + 0.02))
        return found

    def loudest(self, since: float, until: float) -> float:
        """The loudest sample between."""
        return float(self._loudest[round(since * 50) : round(until * 50)].max(initial=0))

    def peaks_agree(self) -> bool:
        """The peaks are those of the sound, but for what Opus makes of it."""
        told, found = np.array(self.peaks[: len(self._loudest)]) / 100, self._loudest[: len(self.peaks)]
        return bool(np.mean(np.abs(told - found) < 0.08) > 0.97)
