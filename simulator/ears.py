"""Hearing: where speech begins and ends in the audio that the client sends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from simulator.detector import Heard, Memory
from simulator.hearing import Hearing
from simulator.voice import BYTES_PER_MS

SAMPLE = 2
"""Bytes."""
LONGEST_BUFFER = 15 * 1024 * 1024
EAGERNESS_MS: Mapping[str, int] = {"low": 1000, "medium": 500, "auto": 500, "high": 300}


@dataclass(frozen=True)
class SpeechStarted:
    """Speech begins; with the padding before it, in ms of the session's audio."""

    ms: int


@dataclass(frozen=True)
class SpeechStopped:
    """The silence after speech was long enough; it is part of the turn, in ms of the session's audio."""

    ms: int


Turn: TypeAlias = SpeechStarted | SpeechStopped


class Ears:
    """The input audio buffer of a session, and who speaks in it. `heard` is called when there are new `turns`."""

    def __init__(self, hearing: Hearing, heard: Callable[[], None]) -> None:
        self._hearing = hearing
        self._heard = heard
        self._detection: Mapping[str, Any] | None = None
        self._heard_ms = 0.0
        self._buffer = bytearray()
        self._ahead = bytearray()
        """Audio that is not judged yet, or does not fill a frame."""
        self._asked: deque[bytes] = deque()
        """Frames of it that are being judged."""
        self._judged: deque[tuple[bytes, bool]] = deque()
        self._reset()

    @property
    def behind(self) -> bool:
        """Whether there is audio of which it is not known yet what it means."""
        return bool(self._asked or self._judged) or self._waits

    @property
    def speaking(self) -> bool:
        """Speech has begun and not ended."""
        return self._speaking

    @property
    def heard_ms(self) -> float:
        """All audio of the session so far."""
        return self._heard_ms + len(self._ahead) / BYTES_PER_MS

    @property
    def buffered_ms(self) -> float:
        """What a commit would take."""
        return (len(self._buffer) + len(self._ahead)) / BYTES_PER_MS

    def detect(self, detection: Mapping[str, Any] | None) -> None:
        """Follow the session's `turn_detection`; a change forgets the turn that is under way."""
        if detection != self._detection:
            self._detection = detection
            self._reset()

    def hear(self, pcm: bytes) -> None:
        """Take in audio."""
        self._ahead += pcm
        if self._detection is None:
            self._keep_all()
        elif self._waits and not self._asked:
            self._hearing.judge_soon(self)

    @property
    def _waits(self) -> bool:
        return self._detection is not None and len(self._ahead) >= self._frame_bytes

    def ask(self, most: int) -> list[Heard]:
        """The frames to judge, at most so many."""
        size = self._frame_bytes
        end = min(most, len(self._ahead) // size) * size
        self._asked.extend(bytes(self._ahead[start : start + size]) for start in range(0, end, size))
        del self._ahead[:end]
        threshold = float((self._detection or {}).get("threshold", 0.5))
        return [Heard(self._memory, np.frombuffer(frame, dtype=np.int16), threshold) for frame in self._asked]

    def judged(self, speech: Sequence[bool]) -> None:
        """Which of these frames are speech."""
        if not self._asked:  # the session is over
            return
        self._judged.extend(zip(self._asked, speech, strict=True))
        self._asked.clear()
        if self._waits:
            self._hearing.judge_soon(self)
        self._heard()

    def turns(self) -> Iterator[Turn]:
        """What began and ended in the audio that is judged, in order, each when the buffer ends there."""
        while self._judged:
            frame, speech = self._judged.popleft()
            self._keep(frame)
            if turn := self._next(speech):
                yield turn

    def _keep(self, pcm: bytes) -> None:
        self._heard_ms += len(pcm) / BYTES_PER_MS
        self._buffer += pcm
        del self._buffer[:-LONGEST_BUFFER]

    def _keep_all(self) -> None:
        self._keep(bytes(self._ahead))
        self._ahead.clear()

    def take(self) -> bytes:
        """The buffer up to the end of the turn, which is empty afterwards."""
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken[: len(taken) // SAMPLE * SAMPLE]

    def take_all(self) -> bytes:
        """The buffer with what fills no frame."""
        self._keep_all()
        return self.take()

    def clear(self) -> None:
        """Forget the buffer and the turn that is under way."""
        self.take_all()
        self._asked.clear()
        self._judged.clear()
        self._reset()

    @property
    def _prefix_ms(self) -> int:
        return int((self._detection or {}).get("prefix_padding_ms", 300))

    @property
    def _silence_needed_ms(self) -> int:
        detection = self._detection or {}
        if detection.get("type") == "semantic_vad":
            return EAGERNESS_MS.get(str(detection.get("eagerness")), 500)
        return int(detection.get("silence_duration_ms", 200))

    @property
    def _frame_bytes(self) -> int:
        return self._hearing.frame_ms * BYTES_PER_MS

    def _reset(self) -> None:
        self._memory = Memory()
        self._speaking = False
        self._frames_of_speech = 0
        self._silence_ms = 0

    def _next(self, speech: bool) -> Turn | None:
        if self._speaking:
            return self._go_on(speech)
        self._frames_of_speech = self._frames_of_speech + 1 if speech else 0
        # A turn begins before it is noticed, and its padding before that.
        before_ms = self._hearing.frames * self._hearing.frame_ms + self._prefix_ms
        del self._buffer[: -before_ms * BYTES_PER_MS]
        return self._start(before_ms) if self._frames_of_speech >= self._hearing.frames else None

    def _start(self, before_ms: int) -> SpeechStarted:
        self._speaking, self._silence_ms = True, 0
        return SpeechStarted(max(0, round(self._heard_ms - before_ms)))

    def _go_on(self, speech: bool) -> SpeechStopped | None:
        self._silence_ms = 0 if speech else self._silence_ms + self._hearing.frame_ms
        if self._silence_ms < self._silence_needed_ms:
            return None
        self._speaking, self._frames_of_speech = False, 0
        return SpeechStopped(round(self._heard_ms))
