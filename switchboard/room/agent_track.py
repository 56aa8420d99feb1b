"""The agent's voice in the room: a track that is there before the caller, and holds its first words for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from livekit import rtc
from livekit.agents import utils
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from switchboard.room.heard_source import HeardSource, Hearing

RATE = 24_000
FRAME = RATE // 20  # 50 ms
QUEUE_MS = 200
LEAD_SECONDS = 0.1
"""So much is given to the source ahead of its time. A frame that waits for room there would outlive an interruption."""
TAIL_SECONDS = 0.05
"""So much of an agent's last words is still to be heard when the next agent is asked for theirs."""
MOST_RELAYED_SECONDS = 0.06
"""So far a relayed voice may fall behind before some of it is left out: clocks differ, and delays would add up."""


@dataclass(frozen=True)
class EndOfSegment:
    """What was said up to here belongs together."""


class AgentTrack(AudioOutput):
    """Set it as `session.output.audio` before the session starts, and `publish` it as soon as the room is connected.

    LiveKit's own output publishes its track when a caller is linked, and negotiates it behind the caller's microphone.
    This one is published before; the first frame waits for the caller's subscription, and is heard at once.
    `hearing` is told what is heard. `followed` tells whether somebody else goes on from here: then words count as said
    a moment before their end, and the caller waits less for what follows.
    """

    def __init__(self, hearing: Hearing | None = None, followed: Callable[[], bool] = lambda: False) -> None:
        super().__init__(label="AgentTrack", capabilities=AudioOutputCapabilities(pause=False), sample_rate=RATE)
        self._source = HeardSource(RATE, QUEUE_MS, hearing)
        self._followed = followed
        self._frames = utils.audio.AudioByteStream(RATE, 1, samples_per_channel=FRAME)
        self._queue: asyncio.Queue[rtc.AudioFrame | EndOfSegment] = asyncio.Queue()
        self.spoken = asyncio.Event()
        """Set once there is something to be heard."""
        self.heard = asyncio.Event()
        """Set once the caller has subscribed: from then on, what is said is heard."""
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._pushed = 0.0
        self._until = 0.0
        """When all of it will have been heard (monotonic)."""
        self._cleared = 0
        self._relaying = False
        self._free = asyncio.Event()
        """No word is being said beside the agent's."""
        self._free.set()
        self._tasks: list[asyncio.Task[None]] = []

    async def publish(
        self, room: rtc.Room, caller: str | None, answered: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """Publish the track in the connected `room`; `caller` alone may subscribe to it, or anybody if it is None.

        With `answered` the first words wait for it, too: a phone is answered because the track is there.
        """
        if caller is not None:
            permission = rtc.ParticipantTrackPermission(participant_identity=caller, allow_all=True)
            room.local_participant.set_track_subscription_permissions(
                allow_all_participants=False, participant_permissions=[permission]
            )
        track = rtc.LocalAudioTrack.create_audio_track("agent", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        publication = await room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(self._play(publication, answered), name="agent track"))

    async def aclose(self) -> None:
        """Stop playing."""
        await utils.aio.cancel_and_wait(*self._tasks)
        await self._source.aclose()

    def hold(self) -> None:
        """The caller is away: what is said from now on waits for `release`, or is interrupted as never heard."""
        self._wanted.clear()

    def release(self) -> None:
        """The caller is there again."""
        self._wanted.set()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        for piece in self._frames.push(frame.data):
            self._queue.put_nowait(piece)
            self.spoken.set()

    def flush(self) -> None:
        super().flush()
        for piece in self._frames.flush():
            self._queue.put_nowait(piece)
        if self._pending_playback_count:
            self._queue.put_nowait(EndOfSegment())

    def clear_buffer(self) -> None:
        super().flush()
        self._frames.clear()
        self._cleared += 1
        while not self._queue.empty():
            self._queue.get_nowait()
        played = max(0.0, self._pushed - max(0.0, self._until - time.monotonic()))
        if self._pending_playback_count:
            self._source.clear_queue()
        while self._pending_playback_count:  # of several that nobody was there to hear, none will be
            self._finished(played, interrupted=True)
            played = 0.0

    async def fill(self, frames: Iterable[rtc.AudioFrame]) -> None:
        """Play `frames` (24 kHz, mono) whenever nobody says anything, until they end or this is cancelled."""
        await self.heard.wait()
        try:
            for frame in frames:
                while not await self._is_quiet(frame.duration):
                    pass
                await self._source.capture_frame(frame)
        finally:
            if not self.talking:
                self._source.clear_queue()

    async def say(self, frames: Iterable[rtc.AudioFrame]) -> None:
        """A word that is not the agent's, said to its end: what the agent says meanwhile follows it.

        Cancel it to be silent at once. The agent must not be `talking`.
        """
        await self.heard.wait()
        self._free.clear()
        try:
            for frame in frames:
                await self._time_has_come()
                await self._source.capture_frame(frame)
            await self._source.wait_for_playout()
        except asyncio.CancelledError:
            self._source.clear_queue()
            raise
        finally:
            self._free.set()

    async def relay(self, frames: AsyncIterator[rtc.AudioFrame]) -> None:
        """Let somebody else be heard in the agent's place, at once: `frames` (24 kHz, mono) as they come.

        What the agent was saying ends here, and nothing of it is heard any more.
        """
        self._relaying = True
        self.clear_buffer()
        try:
            async for frame in frames:
                if self._source.queued_duration <= MOST_RELAYED_SECONDS:
                    await self._source.capture_frame(frame, "person")
        finally:
            self._relaying = False

    @property
    def talking(self) -> bool:
        """Whether the agent is being heard, or is about to be."""
        return time.monotonic() < self._until or not self._queue.empty()

    async def _is_quiet(self, seconds: float) -> bool:
        """Whether the source wants something that is not the agent's words; waits that long if it does not."""
        if self.talking or not self._free.is_set():
            await asyncio.sleep(seconds)
            return False
        return await self._time_has_come()

    async def _play(
        self, publication: rtc.LocalTrackPublication, answered: Callable[[], Awaitable[object]] | None
    ) -> None:
        await publication.wait_for_subscription()
        if answered:
            await answered()
        self.heard.set()
        while True:
            piece = await self._queue.get()
            if self._relaying:
                self._drop(piece)
                continue
            if isinstance(piece, EndOfSegment):
                await self._end_segment()
                continue
            if not await self._has_the_floor():
                continue
            if not self._pushed:
                self.on_playback_started(created_at=time.time())
            self._pushed += piece.duration
            await self._source.capture_frame(piece)
            self._until = time.monotonic() + self._source.queued_duration

    def _drop(self, piece: rtc.AudioFrame | EndOfSegment) -> None:
        """Somebody else has the floor: what the agent says is over without having been heard."""
        if isinstance(piece, EndOfSegment) and self._pending_playback_count:
            self._finished(0.0, interrupted=True)

    async def _has_the_floor(self) -> bool:
        """Wait until the agent's next piece may be heard; whether nobody has interrupted meanwhile."""
        cleared = self._cleared
        await self._free.wait()
        return await self._time_has_come() and cleared == self._cleared

    async def _time_has_come(self) -> bool:
        """Wait until the caller is there and the source wants more; whether nobody has interrupted meanwhile."""
        cleared = self._cleared
        await self._wanted.wait()
        if (ahead := self._source.queued_duration - LEAD_SECONDS) > 0:
            await asyncio.sleep(ahead)
        return cleared == self._cleared

    async def _end_segment(self) -> None:
        pending = self._pending_playback_count
        left = self._source.queued_duration - TAIL_SECONDS if self._followed() else None
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._source.wait_for_playout()
        if self._pending_playback_count == pending:  # not interrupted meanwhile
            self._finished(self._pushed, interrupted=False)

    def _finished(self, position: float, *, interrupted: bool) -> None:
        self._pushed = 0.0
        if interrupted:
            self._until = 0.0
        self.on_playback_finished(playback_position=position, interrupted=interrupted)
