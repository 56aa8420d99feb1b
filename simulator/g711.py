"""G.711, as telephones speak it: one byte a sample, by μ-law or A-law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.resampler import Samples

Codes = npt.NDArray[np.int64]
SIGN = 0x80
BIAS = 0x84
HALF_STEP = 8


@dataclass(frozen=True)
class Law:
    """`levels` has the sample of each code."""

    levels: Samples

    def decode(self, data: bytes) -> Samples:
        """PCM16 at the same rate."""
        return self.levels[np.frombuffer(data, dtype=np.uint8)]

    def encode(self, samples: Samples) -> bytes:
        """The code of the level nearest to each sample."""
        codes = np.argsort(self.levels, kind="stable")
        levels = self.levels[codes].astype(np.float64)
        borders = (levels[1:] + levels[:-1]) / 2
        # Silence lies on the border of the two zeros of μ-law, and is the upper one: 0xFF.
        return bytes(codes[np.searchsorted(borders, samples, side="right")].astype(np.uint8))


def _mu_levels() -> Samples:
    codes: Codes = ~np.arange(256)
    magnitude = (((codes & 15) << 3) + BIAS << (codes >> 4 & 7)) - BIAS
    return np.asarray(np.where(codes & SIGN, -magnitude, magnitude), dtype=np.int16)


def _a_levels() -> Samples:
    codes: Codes = np.arange(256) ^ 0x55
    exponent, mantissa = codes >> 4 & 7, codes & 15
    magnitude = ((mantissa << 4) + HALF_STEP + np.where(exponent > 0, 0x100, 0)) << np.maximum(exponent - 1, 0)
    return np.asarray(np.where(codes & SIGN, magnitude, -magnitude), dtype=np.int16)


MU_LAW = Law(_mu_levels())
A_LAW = Law(_a_levels())
