"""Speech as a file that players know: compressed, or in a container. FFmpeg makes them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import av
import numpy as np

from simulator.resampler import Samples
from simulator.voice import RATE, resample


@dataclass(frozen=True)
class Kind:
    """A kind of file, in FFmpeg's names and as HTTP tells it."""

    container: str
    codec: str
    content_type: str
    options: Mapping[str, str] = field(default_factory=dict)
    """Of the codec."""


MP3 = Kind("mp3", "libmp3lame", "audio/mpeg")
KINDS: Mapping[str, Kind] = {
    "mp3": MP3,
    "opus": Kind("ogg", "libopus", "audio/ogg"),
    # FFmpeg's usual way of choosing what AAC leaves out ("twoloop") fails with some sentences
    "aac": Kind("adts", "aac", "audio/aac", {"aac_coder": "fast"}),
    "flac": Kind("flac", "flac", "audio/flac"),
    "wav": Kind("wav", "pcm_s16le", "audio/wav"),
}


def wav_of(encoding: str) -> Kind:
    """A WAV file whose samples are in this encoding."""
    return Kind("wav", encoding, "audio/wav")


def sound_file(pcm: bytes, kind: Kind, rate: int = RATE, bit_rate: int | None = None) -> bytes:
    """24 kHz `pcm` as a file of this kind."""
    samples = resample(np.frombuffer(pcm, dtype=np.int16), RATE, rate)
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container, container_options={"fflags": "+bitexact"}) as output:
        stream = output.add_stream(kind.codec, rate=rate, layout="mono", options=dict(kind.options))
        assert isinstance(stream, av.AudioStream)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        for frame in (*_frames(samples.reshape(1, -1), rate), None):  # None: that was all
            output.mux(stream.encode(frame))
    return file.getvalue()


def _frames(samples: Samples, rate: int) -> list[av.AudioFrame]:
    if not samples.size:
        return []
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = rate
    return [frame]
