"""One party's sound in a call, from the call's zero on: where they said nothing there is silence."""

import json
from itertools import pairwise

import numpy as np

from switchboard.recording.opus import FRAME, RATE, Opus

HELD = RATE // 2
"""So much of the end may still be taken back: what is given to a loudspeaker is heard later, or never."""
JITTER = RATE // 200
"""What follows so closely follows at once: times are taken with a clock, and sound has none."""
PEAKS_PER_SECOND = 50
PEAK = RATE // PEAKS_PER_SECOND
LOUDEST = 32_768


class Lane:
    """Takes 16-bit samples at `RATE`, each piece with its time in seconds; one thread at a time may use it.

    Encoded packets stay in memory until the end, so that what turns out to be a secret can still be taken out.
    """

    def __init__(self) -> None:
        self._opus = Opus()
        self._packets: list[bytes] = []
        self._peaks: list[int] = []
        self._held = np.zeros(0, np.int16)
        self._quiet = 1
        """So many silent frames were encoded last: after one, every further one is the same packet."""

    @property
    def _end(self) -> int:
        return len(self._packets) * FRAME + len(self._held)

    def write(self, at: float, samples: np.ndarray) -> None:
        """What was heard from `at` on. What stands there already stays."""
        begins = round(at * RATE)
        if abs(begins - self._end) > JITTER:
            self._be_silent_until(begins)
            samples = samples[max(0, self._end - begins) :]
        self._held = np.concatenate([self._held, samples])
        self._encode(keep=HELD)

    def cut(self, at: float) -> None:
        """Nothing of what was to be heard after `at` was heard."""
        self._held = self._held[: max(0, round(at * RATE) - len(self._packets) * FRAME)]

    def blank(self, since: float) -> None:
        """Keep nothing of what was heard from then on, so far."""
        first, encoded = round(since * RATE), len(self._packets)
        for place in range(first // FRAME, encoded):
            self._packets[place] = self._opus.silence
            self._peaks[place * FRAME // PEAK : (place + 1) * FRAME // PEAK] = [0] * (FRAME // PEAK)
        self._held[max(0, first - encoded * FRAME) :] = 0
        self._opus.forget()
        self._quiet = 2

    def finish(self, until: float) -> tuple[bytes, bytes]:
        """The file of the sound, and that of its peaks; both end at `until`, or where the sound does."""
        self._be_silent_until(round(until * RATE))
        self._held = np.pad(self._held, (0, -len(self._held) % FRAME))
        self._encode(keep=0)
        peaks = {"per_second": PEAKS_PER_SECOND, "peaks": self._peaks}
        return self._opus.file(self._packets), json.dumps(peaks, separators=(",", ":")).encode()

    def _be_silent_until(self, sample: int) -> None:
        while (missing := sample - self._end) > 0:
            self._held = np.concatenate([self._held, np.zeros(min(missing, HELD), np.int16)])
            self._encode(keep=HELD)

    def _encode(self, keep: int) -> None:
        whole = max(0, len(self._held) - keep) // FRAME * FRAME
        for begin, end in pairwise(range(0, whole + 1, FRAME)):
            self._add(self._held[begin:end])
        self._held = self._held[whole:]

    def _add(self, samples: np.ndarray) -> None:
        loud = bool(samples.any())
        self._quiet = 0 if loud else self._quiet + 1
        # The first silent frame tells the encoder as much as the decoder is told; on further ones it wastes its time.
        self._packets.append(self._opus.packet(samples) if self._quiet < 2 else self._opus.silence)
        loudest = np.abs(samples.reshape(-1, PEAK).astype(np.int32)).max(axis=1)
        self._peaks += [int(each) for each in -(-loudest * 100 // LOUDEST)]
