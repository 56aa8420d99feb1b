"""In what pieces the caller's audio is sent: short ones while they speak, long ones while nobody does."""

import numpy as np
from livekit import rtc
from livekit.agents.utils.audio import AudioByteStream

RATE = 24_000
SHORT = RATE // 50
"""20 ms. LiveKit collects 100 ms, which every turn and every barge-in then waits for."""
LONG = RATE // 10
QUIET = 150
"""A peak of 16 bit, -47 dBFS: nothing that a detector takes for speech is below it for long."""
LINGER = RATE
"""For a second after the last sound pieces are still short: the end of a turn is found by them."""


class Pieces(AudioByteStream):
    """Audio of one caller, 16 bit mono at 24 kHz. What is held back goes with the first sound: speech never waits."""

    def __init__(self) -> None:
        super().__init__(RATE, 1, samples_per_channel=SHORT)
        self._held = bytearray()
        self._quiet = 0

    def push(self, data: bytes | memoryview) -> list[rtc.AudioFrame]:
        """Take audio in; the pieces that are to be sent now."""
        return [piece for short in super().push(data) for piece in self._gather(short)]

    write = push

    def flush(self) -> list[rtc.AudioFrame]:
        """All that is held back."""
        for rest in super().flush():
            self._held.extend(rest.data.cast("B"))
        return self._take()

    def clear(self) -> None:
        """Forget what is held back."""
        super().clear()
        self._held.clear()

    def _gather(self, short: rtc.AudioFrame) -> list[rtc.AudioFrame]:
        samples = np.frombuffer(short.data, dtype=np.int16)
        self._quiet = 0 if samples.max() > QUIET or samples.min() < -QUIET else self._quiet + SHORT
        self._held.extend(short.data.cast("B"))
        return [] if self._quiet > LINGER and len(self._held) < 2 * LONG else self._take()

    def _take(self) -> list[rtc.AudioFrame]:
        if not self._held:
            return []
        piece = rtc.AudioFrame(bytes(self._held), RATE, 1, len(self._held) // 2)
        self._held.clear()
        return [piece]
