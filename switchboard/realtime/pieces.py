"""In what pieces the caller's audio is sent: short ones while they speak, long ones while nobody does."""

import numpy as np
from livekit import rtc
from livekit.agents.utils.audio import AudioByteStream

RATE = 24_000
SHORT_MS = 20
"""LiveKit collects 100 ms, which every turn and every barge-in then waits for."""
LONG = RATE // 10
QUIET = 150
"""A peak of 16 bit, -47 dBFS: nothing that a detector takes for speech is below it for long."""
SPEECH, PAUSE = 1_000, RATE // 2
"""A peak of speech, -30 dBFS, and how long there is none of it when nobody speaks."""
LINGER = RATE
"""For a second after the last sound pieces are still short: the end of a turn is found by them."""


class Pieces(AudioByteStream):
    """Audio of one caller, 16 bit mono at 24 kHz. What is held back goes with the first sound: speech never waits.

    Pieces are as short as what is pushed, so push `SHORT_MS` at a time.
    """

    def __init__(self) -> None:
        super().__init__(RATE, 1)
        self._held = bytearray()
        self._quiet = 0
        self._pause = PAUSE

    @property
    def speech(self) -> bool:
        """Whether somebody seems to speak: for the time when the service that knows is away."""
        return self._pause < PAUSE

    @property
    def still_seconds(self) -> float:
        """For how long there has been no sound that a detector would take for speech."""
        return self._quiet / RATE

    def push(self, data: bytes | memoryview) -> list[rtc.AudioFrame]:
        """Take audio in, whole samples; the piece that is to be sent now, if there is one."""
        self._held.extend(data)
        samples = np.frombuffer(data, dtype=np.int16)
        # the ufuncs' own methods: a quarter of the time that `samples.max()` takes
        peak = max(np.maximum.reduce(samples), -int(np.minimum.reduce(samples))) if len(samples) else 0
        self._quiet = 0 if peak > QUIET else self._quiet + len(samples)
        self._pause = 0 if peak > SPEECH else self._pause + len(samples)
        return [] if self._quiet > LINGER and len(self._held) < 2 * LONG else self.flush()

    write = push

    def flush(self) -> list[rtc.AudioFrame]:
        """All that is held back."""
        if not self._held:
            return []
        piece = rtc.AudioFrame(bytes(self._held), RATE, 1, len(self._held) // 2)
        self._held.clear()
        return [piece]

    def clear(self) -> None:
        """Forget what is held back."""
        self._held.clear()
