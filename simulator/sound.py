"""PCM16 in the shapes that clients ask for."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Mapping

import numpy as np

from simulator.voice import RATE, Samples, resample

MU = 255.0
A = 87.6


def wav(pcm: bytes, rate: int) -> bytes:
    """`pcm` (mono) as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(pcm)
    return file.getvalue()


def encode(pcm: bytes, encoding: str, rate: int) -> bytes:
    """24 kHz `pcm` at `rate` in one of Cartesia's encodings. Raises KeyError for another."""
    return ENCODERS[encoding](resample(np.frombuffer(pcm, dtype=np.int16), RATE, rate))


def _f32(samples: Samples) -> bytes:
    return (samples.astype(np.float32) / 32768).tobytes()


def _mulaw(samples: Samples) -> bytes:
    x = samples.astype(np.float64) / 32768
    level = np.log1p(MU * np.abs(x)) / np.log1p(MU)
    # G.711 sends the bits inverted: silence is 0xFF, and the sign bit is set for positive samples.
    codes = np.minimum(127, np.round(level * 127)).astype(np.uint8)
    return bytes(~(codes | np.where(x < 0, 0x80, 0).astype(np.uint8)))


def _alaw(samples: Samples) -> bytes:
    x = np.abs(samples.astype(np.float64) / 32768)
    level = np.where(x < 1 / A, A * x, 1 + np.log(np.maximum(A * x, 1))) / (1 + np.log(A))
    codes = np.minimum(127, np.round(level * 127)).astype(np.uint8)
    return bytes((codes | np.where(samples >= 0, 0x80, 0).astype(np.uint8)) ^ 0x55)


def _s16(samples: Samples) -> bytes:
    return samples.tobytes()


ENCODERS: Mapping[str, Callable[[Samples], bytes]] = {
    "pcm_s16le": _s16,
    "pcm_f32le": _f32,
    "pcm_mulaw": _mulaw,
    "pcm_alaw": _alaw,
}
