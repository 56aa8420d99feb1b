"""Hearing: where speech begins and ends in the audio that the client sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from simulator.voice import BYTES_PER_MS

FRAME_MS = 20
FRAME_BYTES = FRAME_MS * BYTES_PER_MS
SPEECH_FRAMES = 3
LONGEST_BUFFER = 15 * 1024 * 1024
EAGERNESS_MS: Mapping[str, int] = {"low": 1000, "medium": 500, "auto": 500, "high": 300}


class SpeechDetector(Protocol):
    """Tells speech from silence, one frame of 20 ms (PCM16 mono at 24 kHz) after the other."""

    def is_speech(self, frame: npt.NDArray[np.int16], threshold: float) -> bool:
        """Whether `frame` is speech. `threshold` is the session's, 0 to 1."""
        ...


class EnergyDetector:
    """Loud is speech: at the usual threshold of 0.5, anything above -40 dBFS."""

    def is_speech(self, frame: npt.NDArray[np.int16], threshold: float) -> bool:
        """Compare the frame's level with one that goes from -60 dBFS (0) to -20 dBFS (1)."""
        level = float(np.sqrt(np.mean(np.square(frame, dtype=np.float64)))) / 32768
        return level >= 10 ** (-3 + 2 * threshold)


@dataclass(frozen=True)
class SpeechStarted:
    """Speech begins; with the padding before it, in ms of the session's audio."""

    ms: int


@dataclass(frozen=True)
class SpeechStopped:
    """The silence after speech was long enough; it is part of the turn, in ms of the session's audio."""

    ms: int


Turn: TypeAlias = SpeechStarted | SpeechStopped
MakeDetector: TypeAlias = Callable[[], SpeechDetector]


class Ears:
    """The input audio buffer of a session, and who speaks in it."""

    def __init__(self, make_detector: MakeDetector = EnergyDetector) -> None:
        self._make_detector = make_detector
        self._detection: Mapping[str, Any] | None = None
        self._heard_ms = 0.0
        self._buffer = bytearray()
        self._reset()

    @property
    def speaking(self) -> bool:
        """Speech has begun and not ended."""
        return self._speaking

    @property
    def heard_ms(self) -> float:
        """All audio of the session so far."""
        return self._heard_ms

    @property
    def buffered_ms(self) -> float:
        """What a commit would take."""
        return len(self._buffer) / BYTES_PER_MS

    def detect(self, detection: Mapping[str, Any] | None) -> None:
        """Follow the session's `turn_detection`; a change forgets the turn that is under way."""
        if detection != self._detection:
            self._detection = detection
            self._reset()

    def hear(self, pcm: bytes) -> list[Turn]:
        """Take in audio; what it made begin and end, in order."""
        self._heard_ms += len(pcm) / BYTES_PER_MS
        self._buffer += pcm
        if self._detection is None:
            del self._buffer[:-LONGEST_BUFFER]
            return []
        self._unheard += pcm
        turns: list[Turn] = []
        while len(self._unheard) >= FRAME_BYTES:
            frame = np.frombuffer(bytes(self._unheard[:FRAME_BYTES]), dtype=np.int16)
            del self._unheard[:FRAME_BYTES]
            if turn := self._next(frame):
                turns.append(turn)
        if not self._speaking:
            del self._buffer[: -max(self._prefix_ms, FRAME_MS * SPEECH_FRAMES + 200) * BYTES_PER_MS]
        return turns

    def take(self) -> bytes:
        """The buffer, which is empty afterwards."""
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken

    def clear(self) -> None:
        """Forget the buffer and the turn that is under way."""
        self._buffer.clear()
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
        self._unheard = bytearray()
        self._speaking = False
        self._frames_of_speech = 0
        self._silence_ms = 0

    def _next(self, frame: npt.NDArray[np.int16]) -> Turn | None:
        threshold = float((self._detection or {}).get("threshold", 0.5))
        speech = self._detector.is_speech(frame, threshold)
        now = self._heard_ms - len(self._unheard) / BYTES_PER_MS
        if not self._speaking:
            self._frames_of_speech = self._frames_of_speech + 1 if speech else 0
            return self._start(now) if self._frames_of_speech >= SPEECH_FRAMES else None
        self._silence_ms = 0 if speech else self._silence_ms + FRAME_MS
        return self._stop(now) if self._silence_ms >= self._silence_needed_ms else None

    def _start(self, now: float) -> SpeechStarted:
        self._speaking, self._silence_ms = True, 0
        begun = now - SPEECH_FRAMES * FRAME_MS
        return SpeechStarted(max(0, round(begun - self._prefix_ms)))

    def _stop(self, now: float) -> SpeechStopped:
        self._speaking, self._frames_of_speech = False, 0
        return SpeechStopped(round(now))
