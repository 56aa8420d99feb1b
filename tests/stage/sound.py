"""A loudspeaker and a microphone for `AgentSession`, in real time or faster."""

import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
from livekit import rtc
from livekit.agents.voice.io import AudioInput, AudioOutput, AudioOutputCapabilities

from simulator.voice import RATE, synthesize

FRAME = RATE // 50  # 20 ms


class Loudspeaker(AudioOutput):
    """Plays what it gets, `speed` times as fast as it sounds, and keeps what was heard."""

    def __init__(self, speed: float = 20.0) -> None:
        super().__init__(label="loudspeaker", capabilities=AudioOutputCapabilities(pause=False), sample_rate=RATE)
        self.speed = speed
        self.heard: list[bytes] = []
        """The audio of every segment as far as it was played: PCM16 mono at 24 kHz."""
        self.playing = asyncio.Event()
        self._segment = bytearray()
        self._began = 0.0
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._segment:
            self._began = time.monotonic()
            self.playing.set()
            self.on_playback_started(created_at=time.time())
        self._segment += bytes(frame.data)

    def flush(self) -> None:
        super().flush()
        if self._segment and self._end is None:
            rest = max(0.0, self._seconds() / self.speed - (time.monotonic() - self._began))
            self._end = asyncio.get_running_loop().call_later(rest, self._finish, False)

    def clear_buffer(self) -> None:
        super().flush()
        if self._segment:
            self._finish(True)

    async def silence(self) -> None:
        """Wait until nothing is being played."""
        while self.playing.is_set():
            await self.wait_for_playout()

    def _seconds(self) -> float:
        return len(self._segment) / 2 / RATE

    def _finish(self, interrupted: bool) -> None:
        if self._end:
            self._end.cancel()
            self._end = None
        played = min(self._seconds(), (time.monotonic() - self._began) * self.speed) if interrupted else self._seconds()
        self.heard.append(bytes(self._segment[: int(played * RATE) * 2]))
        self._segment.clear()
        self.playing.clear()
        self.on_playback_finished(playback_position=played, interrupted=interrupted)

    @property
    def seconds(self) -> list[float]:
        """How long each segment was heard."""
        return [len(segment) / 2 / RATE for segment in self.heard]


class Microphone(AudioInput):
    """Gives silence until something is spoken into it, in real time."""

    def __init__(self) -> None:
        super().__init__(label="microphone")
        self._pending = bytearray()
        self._next = 0.0
        self.quiet = asyncio.Event()
        """Set while nothing is left to say."""
        self.quiet.set()

    @property
    def pending(self) -> bool:
        """Whether something is left to say."""
        return bool(self._pending)

    def speak(self, text: str) -> float:
        """Say `text`; returns how many seconds that takes."""
        speech = synthesize(text, "caller", 1.0).pcm
        self._pending += speech
        self.quiet.clear()
        return len(speech) / 2 / RATE

    def __aiter__(self) -> AsyncIterator[rtc.AudioFrame]:
        return self

    async def __anext__(self) -> rtc.AudioFrame:
        now = time.monotonic()
        self._next = max(self._next, now - 0.1) + 0.02
        await asyncio.sleep(max(0.0, self._next - now))
        chunk = bytes(self._pending[: FRAME * 2])
        del self._pending[: FRAME * 2]
        if not self._pending:
            self.quiet.set()
        return rtc.AudioFrame(chunk.ljust(FRAME * 2, b"\0"), RATE, 1, FRAME)


def loudness(pcm: bytes) -> float:
    """Root mean square of PCM16."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    return float(np.sqrt((samples**2).mean())) if len(samples) else 0.0
