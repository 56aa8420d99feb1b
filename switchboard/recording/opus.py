"""Opus in Ogg, through FFmpeg: a sound in packets of one length, which are put into a file at the end."""

import io
from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np

RATE = 24_000
"""As the agents speak; every Opus file plays at 48 kHz."""
FRAME = RATE * 60 // 1000
"""Samples of a packet. Longer than the usual 20 ms: it halves the work."""
BITS_PER_SECOND = 32_000
OPTIONS = {"application": "audio", "compression_level": "3", "frame_duration": "60"}
"""A fifth of the work of the best that Opus can, and voices sound the same."""


class Opus:
    """Encodes one sound. `silence` is a packet that says nothing, whatever stands before it."""

    def __init__(self) -> None:
        self._written = io.BytesIO()
        self._container = av.open(self._written, "w", format="ogg")
        self._stream = self._container.add_stream("libopus", rate=RATE, layout="mono", options=OPTIONS)
        self._stream.bit_rate = BITS_PER_SECOND
        self._frames = 0
        self.silence = self.packet(np.zeros(FRAME, np.int16))

    def packet(self, samples: np.ndarray) -> bytes:
        """The next `FRAME` samples (16 bit)."""
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, self._frames * FRAME
        self._frames += 1
        (packet,) = self._stream.encode(frame)
        return bytes(packet)

    def forget(self) -> None:
        """Nothing of what was encoded so far sounds in what comes: a packet holds the end of the one before."""
        for _ in range(2):
            self.packet(np.zeros(FRAME, np.int16))

    def file(self, packets: Iterable[bytes]) -> bytes:
        """The file of these packets. Nothing can be encoded any more."""
        for place, data in enumerate(packets):
            packet = av.Packet(data)
            packet.stream, packet.time_base = self._stream, Fraction(1, RATE)
            packet.pts = packet.dts = place * FRAME
            packet.duration = FRAME
            self._container.mux(packet)
        self._container.close()
        return self._written.getvalue()
