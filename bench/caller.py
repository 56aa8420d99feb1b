"""A caller who is really there: a participant of the room that speaks in tones and notes when it hears what."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from livekit import rtc

RATE = 48_000
FRAME_MS = 10
TONE_HERTZ = 200
TONE_LEVEL = 9000
LOUD = 500
"""A frame whose peak is above this is heard; the agent's hum is at ten times that."""
QUIET_SECONDS = 0.3
"""So long without a loud frame is silence."""
POLL_SECONDS = 0.005


class CallFailedError(Exception):
    """Something did not happen that has to happen in a call."""


@dataclass
class Ear:
    """When the caller hears something, in seconds of `time.perf_counter`; None: not yet."""

    first: float | None = None
    last: float | None = None
    """The last loud frame."""
    began: float | None = None
    """The first loud frame after the last silence."""

    @property
    def silent(self) -> bool:
        """Whether nothing has been heard for a while."""
        return self.last is None or time.perf_counter() - self.last > QUIET_SECONDS

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Take in a frame."""
        if np.abs(np.frombuffer(frame.data, dtype=np.int16).astype(np.int32)).max() <= LOUD:
            return
        now = time.perf_counter()
        if self.silent:
            self.began = now
        self.first = self.first or now
        self.last = now


class Mouth:
    """The caller's microphone: silence, and a tone when they speak.

    `ahead_ms` of a tone are given to it at once: so long this process may stand still, and the tone goes on.
    """

    def __init__(self, frame_ms: int = FRAME_MS, ahead_ms: int = 0) -> None:
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=2 * frame_ms + ahead_ms)
        self._lead = 2 * frame_ms / 1000
        self._frame = RATE * frame_ms // 1000
        self._tone = self._tone_of(TONE_HERTZ)
        self._silence = bytes(len(self._tone))
        self._left = 0
        self._began = 0.0
        self._speaking = asyncio.Event()
        self._ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def _tone_of(self, hertz: int) -> bytes:
        """A frame of it."""
        phases = 2 * np.pi * hertz * np.arange(self._frame) / RATE
        return (np.sin(phases) * TONE_LEVEL).astype("<i2").tobytes()

    async def run(self) -> None:
        """Send frames, at the pace of a microphone."""
        while True:
            if not self._left:
                await asyncio.sleep(self.source.queued_duration - self._lead)
            speaks = self._left > 0
            sound = self._tone if speaks else self._silence
            await self.source.capture_frame(rtc.AudioFrame(sound, RATE, 1, self._frame))
            if speaks:
                self._spoke()

    def _spoke(self) -> None:
        heard = time.perf_counter() + self.source.queued_duration
        if not self._speaking.is_set():
            self._began = heard - self._frame / RATE
            self._speaking.set()
        self._left -= 1
        if not self._left:
            self._ended.set_result(heard)

    async def speak(self, seconds: float) -> float:
        """Speak for so long; when the last sample left the microphone."""
        await self.begin(seconds)
        ended = await self._ended
        await asyncio.sleep(ended - time.perf_counter())
        return ended

    async def begin(self, seconds: float) -> float:
        """Begin to speak for so long; when the first sample left the microphone."""
        self._ended = asyncio.get_running_loop().create_future()
        self._speaking.clear()
        self._left = round(seconds * RATE / self._frame)
        await self._speaking.wait()
        return self._began


class Caller:
    """One caller, from `connect` to `hang_up`, who speaks and hears in frames of `frame_ms`.

    A whole number of periods of the tone has to go into a frame. Long ones take less CPU, and tell times less exactly.
    """

    def __init__(self, frame_ms: int = FRAME_MS) -> None:
        self.room = rtc.Room()
        self.ear = Ear()
        self.mouth = Mouth(frame_ms)
        self._frame_ms = frame_ms
        self.asked_at = 0.0
        """When they began to connect."""
        self._tasks: list[asyncio.Task[None]] = []
        self.room.on("track_subscribed", self._subscribed)

    async def connect(self, url: str, token: str) -> None:
        """Enter the room and turn the microphone on, as a page does."""
        self.asked_at = time.perf_counter()
        await self.room.connect(url, token)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self.mouth.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(self.mouth.run()))

    async def hang_up(self) -> None:
        """Leave the room."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()
        await self.mouth.source.aclose()

    async def hears(self, patience: float) -> float:
        """When they heard anybody for the first time, as soon as they do. Raises `CallFailedError`."""
        await self.until(lambda: self.ear.first is not None, patience, "nobody was heard")
        assert self.ear.first is not None
        return self.ear.first

    async def until(self, happened: Callable[[], bool], patience: float, what: str) -> None:
        """Wait for something. Raises `CallFailedError` with `what` did not happen in so many seconds."""
        give_up = time.perf_counter() + patience
        while not happened():
            if time.perf_counter() > give_up:
                raise CallFailedError(f"{what} in {patience:g} s")
            await asyncio.sleep(POLL_SECONDS)

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._tasks.append(asyncio.create_task(self._listen(track)))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=self._frame_ms)
        try:
            async for event in stream:
                self.ear.hear(event.frame)
        finally:
            await stream.aclose()
