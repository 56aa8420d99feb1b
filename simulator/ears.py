"""Hearing: where speech begins and ends in the audio that the client sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from simulator.detector import MakeDetector
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
    """The input audio buffer of a session, and who speaks in it."""

    def __init__(self, make_detector: MakeDetector) -> None:
        self._make_detector = make_detector
        self._detection: Mapping[str, Any] | None = None
        self._heard_ms = 0.0
        self._buffer = bytearray()
        self._frame = bytearray()
        """Audio that does not fill a frame yet."""
        self._reset()

    @property
    def speaking(self) -> bool:
        """Speech has begun and not ended."""
        return self._speaking

    @property
    def heard_ms(self) -> float:
        """All audio of the session so far."""
        return self._heard_ms + len(self._frame) / BYTES_PER_MS

    @property
    def buffered_ms(self) -> float:
        """What a commit would take."""
        return (len(self._buffer) + len(self._frame)) / BYTES_PER_MS

    def detect(self, detection: Mapping[str, Any] | None) -> None:
        """Follow the session's `turn_detection`; a change forgets the turn that is under way."""
        if detection != self._detection:
            self._detection = detection
            self._reset()

    def hear(self, pcm: bytes) -> Iterator[Turn]:
        """Take in audio; what it made begin and end, in order, each when the buffer holds the audio up to there."""
        heard = bytes(self._frame) + pcm
        self._frame.clear()
        size = self._detector.frame_ms * BYTES_PER_MS if self._detection is not None else len(heard)
        place = 0
        while size and place + size <= len(heard):
            frame = heard[place : place + size]
            place += size
            self._keep(frame)
            if self._detection is not None and (turn := self._next(frame)):
                yield turn
        self._frame += heard[place:]

    def _keep(self, pcm: bytes) -> None:
        self._heard_ms += len(pcm) / BYTES_PER_MS
        self._buffer += pcm
        del self._buffer[:-LONGEST_BUFFER]

    def take(self) -> bytes:
        """The buffer, which is empty afterwards."""
        taken = bytes(self._buffer + self._frame)
        taken = taken[: len(taken) // SAMPLE * SAMPLE]
        self._heard_ms += len(self._frame) / BYTES_PER_MS
        self._buffer.clear()
        self._frame.clear()
        return taken

    def clear(self) -> None:
        """Forget the buffer and the turn that is under way."""
        self.take()
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

    def _reset(self) -> None:
        self._detector = self._make_detector()
        self._speaking = False
        self._frames_of_speech = 0
        self._silence_ms = 0

    def _next(self, frame: bytes) -> Turn | None:
        threshold = float((self._detection or {}).get("threshold", 0.5))
        speech = self._detector.is_speech(np.frombuffer(frame, dtype=np.int16), threshold)
        if self._speaking:
            return self._go_on(speech)
        self._frames_of_speech = self._frames_of_speech + 1 if speech else 0
        # A turn begins before it is noticed, and its padding before that.
        before_ms = self._detector.frames * self._detector.frame_ms + self._prefix_ms
        del self._buffer[: -before_ms * BYTES_PER_MS]
        return self._start(before_ms) if self._frames_of_speech >= self._detector.frames else None

    def _start(self, before_ms: int) -> SpeechStarted:
        self._speaking, self._silence_ms = True, 0
        return SpeechStarted(max(0, round(self._heard_ms - before_ms)))

    def _go_on(self, speech: bool) -> SpeechStopped | None:
        self._silence_ms = 0 if speech else self._silence_ms + self._detector.frame_ms
        if self._silence_ms < self._silence_needed_ms:
            return None
        self._speaking, self._frames_of_speech = False, 0
        return SpeechStopped(round(self._heard_ms))
