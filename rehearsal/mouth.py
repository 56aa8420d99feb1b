"""A caller's microphone: silence, and words when they are said."""

import asyncio
from collections import deque
from dataclasses import dataclass

from livekit import rtc
from livekit.agents import utils

from rehearsal.bad_line import BadLine
from simulator.voice import BYTES_PER_MS, RATE, Speech, Voice

VOICE = "caller"
PIECE_MS = 20
PIECE = PIECE_MS * BYTES_PER_MS
"""Bytes."""
LEAD_SECONDS, SPEAKING_LEAD_MS = 0.1, 2000
"""So much silence, and so much of a sentence, is given ahead: on a busy machine none breaks off in its middle."""


@dataclass
class Sentence:
    """One that is being said, since `begins_ms` of all that was given to the microphone."""

    speech: Speech
    begins_ms: float
    told: int = 0
    """So many of its characters are known to have been said."""

    def more(self, ms: float) -> str:
        """What has been said of it by then, and was not told before."""
        at = ms - self.begins_ms
        said = self.speech.text if at >= self.speech.ms else self.speech.heard(at)
        more, self.told = said[self.told :], max(self.told, len(said))
        return more

    @property
    def over(self) -> bool:
        """It has been said and told to its end."""
        return self.told == len(self.speech.text)


class Mouth:
    """What it says is known word by word, as far as it has been said. `line` has what comes of it; None: all of it."""

    def __init__(self, line: BadLine | None) -> None:
        self._line = line
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=SPEAKING_LEAD_MS)
        self._voice = Voice()
        self._waiting: deque[str] = deque()
        self._sentences: deque[Sentence] = deque()
        self._untold = 0
        """Of so many sentences not all has been told."""
        self._given_ms = 0.0
        self._sounding: asyncio.Task[None] | None = None

    async def publish(self, room: rtc.Room) -> None:
        """Turn it on."""
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        self._sounding = asyncio.create_task(self._sound())

    def say(self, words: str) -> None:
        """Say it, after what is being said."""
        self._untold += 1
        self._waiting.append(words)

    @property
    def silent(self) -> bool:
        """Whether all has been said, and been told as `said`."""
        return not self._untold

    def said(self) -> str:
        """The words that have been said since this was last asked."""
        now = self._given_ms - 1000 * self._source.queued_duration
        words = [sentence.more(now).strip() for sentence in self._sentences]
        while self._sentences and self._sentences[0].over:
            self._sentences.popleft()
            self._untold -= 1
        return " ".join(filter(None, words))

    async def aclose(self) -> None:
        """Turn it off."""
        if self._sounding:
            await utils.aio.cancel_and_wait(self._sounding)
        await self._source.aclose()

    async def _sound(self) -> None:
        while True:
            if self._waiting:
                await self._speak(self._waiting.popleft())
            else:
                await self._give(bytes(PIECE))
                await asyncio.sleep(self._source.queued_duration - LEAD_SECONDS)

    async def _speak(self, words: str) -> None:
        speech = await self._voice.speak(words, VOICE)
        self._sentences.append(Sentence(speech, self._given_ms))
        for start in range(0, len(speech.pcm), PIECE):
            await self._give(speech.pcm[start : start + PIECE].ljust(PIECE, b"\0"))

    async def _give(self, piece: bytes) -> None:
        """The source takes no more than it has room for."""
        carried = self._line.carried(piece) if self._line else piece
        await self._source.capture_frame(rtc.AudioFrame(carried, RATE, 1, PIECE // 2))
        self._given_ms += PIECE_MS
