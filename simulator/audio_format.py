"""The formats of audio that a realtime session hears and speaks: PCM at 24 kHz, and G.711 at 8 kHz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.g711 import A_LAW, MU_LAW, Law
from simulator.resampler import Samples
from simulator.voice import BYTES_PER_MS, RATE, resample

TELEPHONE_RATE = 8000
UP = RATE // TELEPHONE_RATE
REACH = 16
"""Samples on each side of one that have a say in what lies beside it."""


@dataclass(frozen=True)
class AudioFormat:
    """One format. `law` None: PCM16 as it is everywhere else here."""

    law: Law | None = None

    @property
    def bytes_per_ms(self) -> int:
        """Its size."""
        return BYTES_PER_MS if self.law is None else TELEPHONE_RATE // 1000

    def encode(self, pcm: bytes) -> bytes:
        """A whole sound, from PCM16 at 24 kHz; blocking."""
        if self.law is None:
            return pcm
        samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype=np.int16)
        return self.law.encode(resample(samples, RATE, TELEPHONE_RATE))

    def decoder(self) -> Decoder:
        """For a stream that begins now."""
        return Decoder(self.law)


class Decoder:
    """A stream in one format, as PCM16 at 24 kHz: as long as what came in, though two milliseconds late."""

    def __init__(self, law: Law | None) -> None:
        self._law = law
        self._before: Samples = np.zeros(2 * REACH - 1, dtype=np.int16)

    def decode(self, data: bytes) -> bytes:
        """What follows in the stream."""
        if self._law is None or not data:
            return data
        samples = np.concatenate([self._before, self._law.decode(data)])
        self._before = samples[1 - 2 * REACH :]
        phases = [np.convolve(samples, taps, "valid") for taps in _TAPS]
        return np.clip(np.round(np.stack(phases, axis=1)), -32768, 32767).astype(np.int16).tobytes()


def _taps() -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """A low-pass at half of the telephone's rate, as one filter for each sample that lies between two."""
    place = np.arange(-REACH * UP, REACH * UP) / UP
    taps = np.sinc(place) * np.kaiser(len(place), 6.0)
    phases = [taps[phase::UP] for phase in range(UP)]
    return tuple(phase / phase.sum() for phase in phases)


_TAPS = _taps()
FORMATS: Mapping[str, AudioFormat] = {
    "audio/pcm": AudioFormat(),
    "audio/pcmu": AudioFormat(MU_LAW),
    "audio/pcma": AudioFormat(A_LAW),
}
"""By the names of the current API."""
