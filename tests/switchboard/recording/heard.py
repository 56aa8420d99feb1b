"""What is heard of a recording, decoded by FFmpeg, and of what a worker was given; measured."""

import io
import json
from pathlib import Path
from typing import Self

import av
import numpy as np

STEPS = 50
LOUD = 0.02


class Heard:
    """The sound of a lane, -1 to 1, and its peaks."""

    def __init__(self, samples: np.ndarray, rate: int, peaks: list[int]) -> None:
        step = rate // STEPS
        self.peaks = peaks
        self.seconds = len(samples) / rate
        self._loudest = np.abs(samples[: len(samples) // step * step]).reshape(-1, step).max(axis=1)

    @classmethod
    def read(cls, sound: bytes, peaks: list[int]) -> Self:
        """A file of a lane, and its peaks."""
        with av.open(io.BytesIO(sound), "r") as container:
            frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        return cls(np.concatenate(frames), 48_000, peaks)

    @classmethod
    def given(cls, pieces: list[tuple[float, np.ndarray]], rate: int) -> Self:
        """Pieces (16 bit) with the times at which they came, late or in time: the one that came most in time of those
        that followed tells when each was heard."""
        arrived = np.array([at for at, _ in pieces])
        ends = np.cumsum([len(samples) for _, samples in pieces]) / rate
        late = np.minimum.accumulate((arrived - ends)[::-1])[::-1]
        heard = np.zeros(round((late + ends)[-1] * rate) + rate)
        for end, (_, samples) in zip(late + ends, pieces, strict=True):
            begin = round(end * rate) - len(samples)
            heard[begin : begin + len(samples)] = samples / 32_768
        return cls(heard, rate, [])

    @classmethod
    def lane(cls, folder: Path, call_id: str, name: str) -> Self:
        """A lane of that call, as it is kept in the folder."""
        peaks = json.loads((folder / call_id / f"{name}.peaks.json").read_text())
        return cls.read((folder / call_id / f"{name}.ogg").read_bytes(), peaks["peaks"])

    def sounds(self, pause: float = 0.1) -> list[tuple[float, float]]:
        """The stretches of sound, in seconds; apart by a pause at least."""
        found: list[tuple[float, float]] = []
        for step in np.flatnonzero(self._loudest > LOUD):
            begin = step / STEPS
            if found and begin - found[-1][1] < pause:
                found[-1] = (found[-1][0], begin + 1 / STEPS)
            else:
                found.append((begin, begin + 1 / STEPS))
        return found

    def loudest(self, since: float, until: float) -> float:
        """The loudest sample between."""
        return float(self._loudest[round(since * STEPS) : round(until * STEPS)].max(initial=0))

    def peaks_agree(self) -> bool:
        """The peaks are those of the sound, but for what Opus makes of it."""
        told, found = np.array(self.peaks[: len(self._loudest)]) / 100, self._loudest[: len(self.peaks)]
        return bool(np.mean(np.abs(told - found) < 0.08) > 0.97)
