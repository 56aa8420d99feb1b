"""Sound at another rate, as it comes."""

from __future__ import annotations

from functools import cache
from math import gcd
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.int16]
Floats: TypeAlias = npt.NDArray[np.float32]

REACH = 32
"""Samples to each side that a new sample is made from."""
STEEPNESS = 8.0
"""Of the window (Kaiser's): what lies beyond the lower rate is 80 dB down."""
AT_ONCE = 4
"""Blocks in one product of matrices. A larger one wakes BLAS's threads, which cost more than they help."""


class Resampler:
    """One stream, from its beginning to its end."""

    def __init__(self, rate: int, wanted: int) -> None:
        divisor = gcd(rate, wanted)
        self._block, self._made = rate // divisor, wanted // divisor
        """So many samples become so many."""
        self._waiting = np.zeros(REACH, np.float32)
        self._came = self._went = 0

    def add(self, samples: Samples) -> Samples:
        """What can be told by now; the rest comes with the next samples."""
        self._came += len(samples)
        self._waiting = np.concatenate((self._waiting, samples.astype(np.float32)))
        group, seen = AT_ONCE * self._block, self._block + 2 * REACH
        groups = max(0, len(self._waiting) - 2 * REACH) // group
        if not groups:
            return np.empty(0, np.int16)
        windows = np.lib.stride_tricks.sliding_window_view(self._waiting, seen)[:: self._block][: groups * AT_ONCE]
        made = windows.reshape(groups, AT_ONCE, seen) @ _filters(self._block, self._made)
        self._waiting = self._waiting[groups * group :]
        self._went += made.size
        sound: Samples = np.clip(np.rint(made), -32768, 32767).astype(np.int16).ravel()
        return sound

    def end(self) -> Samples:
        """The rest: then as many have come out as the time asks for."""
        length = round(self._came * self._made / self._block) - self._went
        rest = self.add(np.zeros(2 * REACH + AT_ONCE * self._block, np.int16))
        return rest[:length]


@cache
def _filters(block: int, made: int) -> Floats:
    """A column for each of the new samples of a block, with the weights of those that it is made from."""
    times = np.arange(made) * block / made
    away = np.arange(-REACH, block + REACH)[:, np.newaxis] - times
    cutoff = min(1.0, made / block)
    inside = np.clip(1 - np.square(away / REACH), 0, None)
    weights = np.sinc(cutoff * away) * np.i0(STEEPNESS * np.sqrt(inside)) * (inside > 0)
    filters: Floats = (weights / weights.sum(axis=0)).astype(np.float32)
    return filters
