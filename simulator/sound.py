"""PCM16 in the shapes that clients ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from simulator.g711 import A_LAW, MU_LAW
from simulator.resampler import Samples
from simulator.voice import RATE, resample


def encode(pcm: bytes, encoding: str, rate: int) -> bytes:
    """24 kHz `pcm` at `rate` in one of Cartesia's encodings. Raises KeyError for another."""
    return ENCODERS[encoding](resample(np.frombuffer(pcm, dtype=np.int16), RATE, rate))


def _f32(samples: Samples) -> bytes:
    return (samples.astype(np.float32) / 32768).tobytes()


def _s16(samples: Samples) -> bytes:
    return samples.tobytes()


ENCODERS: Mapping[str, Callable[[Samples], bytes]] = {
    "pcm_s16le": _s16,
    "pcm_f32le": _f32,
    "pcm_mulaw": MU_LAW.encode,
    "pcm_alaw": A_LAW.encode,
}
