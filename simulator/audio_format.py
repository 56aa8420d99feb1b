"""The formats of audio that a realtime session hears and speaks: PCM at 24 kHz, and G.711 at 8 kHz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.g711 import A_LAW, MU_LAW, Law
from simulator.resampler import REACH, Resampler
from simulator.voice import BYTES_PER_MS, RATE, resample

TELEPHONE_RATE = 8000


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
    """A stream in one format, as PCM16 at 24 kHz: as long as what came in, though some milliseconds late."""

    def __init__(self, law: Law | None) -> None:
        self._law = law
        self._resampler = Resampler(TELEPHONE_RATE, RATE)
        # It waits for what comes after a sample before it tells what the sample becomes: here that is silence.
        self._resampler.add(np.zeros(REACH, np.int16))

    def decode(self, data: bytes) -> bytes:
        """What follows in the stream."""
        return data if self._law is None else self._resampler.add(self._law.decode(data)).tobytes()


FORMATS: Mapping[str, AudioFormat] = {
    "audio/pcm": AudioFormat(),
    "audio/pcmu": AudioFormat(MU_LAW),
    "audio/pcma": AudioFormat(A_LAW),
}
"""By the names of the current API."""
