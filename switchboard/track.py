"""The agent's voice in the room: a track that is there before the caller, and holds its first words for them."""

import asyncio
import time
from dataclasses import dataclass

from livekit import rtc
from livekit.agents import utils
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

RATE = 24_000
FRAME = RATE // 50  # 20 ms
QUEUE_MS = 200


@dataclass(frozen=True)
class EndOfSegment:
    """What was said up to here belongs together."""


class AgentTrack(AudioOutput):
    """Set it as `session.output.audio` before the session starts, and `publish` it as soon as the room is connected.

    LiveKit's own output publishes its track when a caller is linked, and negotiates it behind the caller's microphone.
    This one is published before; the first frame waits for the caller's subscription, and is heard at once.
    """

    def __init__(self) -> None:
        super().__init__(label="AgentTrack", capabilities=AudioOutputCapabilities(pause=False), sample_rate=RATE)
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=QUEUE_MS)
        self._frames = utils.audio.AudioByteStream(RATE, 1, samples_per_channel=FRAME)
        self._queue: asyncio.Queue[rtc.AudioFrame | EndOfSegment] = asyncio.Queue()
        self.heard = asyncio.Event()
        """Set once the caller has subscribed: from then on, what is said is heard."""
        self._pushed = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    async def publish(self, room: rtc.Room, caller: str | None) -> None:
        """Publish the track in the connected `room`; `caller` alone may subscribe to it, or anybody if it is None."""
        if caller is not None:
            permission = rtc.ParticipantTrackPermission(participant_identity=caller, allow_all=True)
            room.local_participant.set_track_subscription_permissions(
                allow_all_participants=False, participant_permissions=[permission]
            )
        track = rtc.LocalAudioTrack.create_audio_track("agent", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        publication = await room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(self._play(publication), name="agent track"))

    async def aclose(self) -> None:
        """Stop playing."""
        await utils.aio.cancel_and_wait(*self._tasks)
        await self._source.aclose()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        for piece in self._frames.push(frame.data):
            self._queue.put_nowait(piece)

    def flush(self) -> None:
        super().flush()
        for piece in self._frames.flush():
            self._queue.put_nowait(piece)
        if self._pending_playback_count:
            self._queue.put_nowait(EndOfSegment())

    def clear_buffer(self) -> None:
        super().flush()
        self._frames.clear()
        while not self._queue.empty():
            self._queue.get_nowait()
        if self._pending_playback_count:
            played = max(0.0, self._pushed - self._source.queued_duration)
            self._source.clear_queue()
            self._finished(played, interrupted=True)

    async def _play(self, publication: rtc.LocalTrackPublication) -> None:
        await publication.wait_for_subscription()
        self.heard.set()
        while True:
            piece = await self._queue.get()
            if isinstance(piece, EndOfSegment):
                await self._end_segment()
                continue
            if not self._pushed:
                self.on_playback_started(created_at=time.time())
            self._pushed += piece.duration
            await self._source.capture_frame(piece)

    async def _end_segment(self) -> None:
        pending = self._pending_playback_count
        await self._source.wait_for_playout()
        if self._pending_playback_count == pending:  # not interrupted meanwhile
            self._finished(self._pushed, interrupted=False)

    def _finished(self, position: float, *, interrupted: bool) -> None:
        self._pushed = 0.0
        self.on_playback_finished(playback_position=position, interrupted=interrupted)
