"""A stream of many in one process is woken by its own frames alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient

from switchboard.room.own_frames import keep_frames_apart

RATE = 24_000
FRAME = RATE // 100


class Listener:
    """A track with a stream that listens to it."""

    def __init__(self) -> None:
        self.source = rtc.AudioSource(RATE, 1)
        self.track = rtc.LocalAudioTrack.create_audio_track("track", self.source)
        self.stream = rtc.AudioStream(self.track, sample_rate=RATE, frame_size_ms=10)
        self.handle = self.stream._ffi_handle.handle
        self.heard: list[int] = []

    async def say(self, sample: int, times: int) -> None:
        pcm = sample.to_bytes(2, "little") * FRAME
        for _ in range(times):
            await self.source.capture_frame(rtc.AudioFrame(pcm, RATE, 1, FRAME))

    async def hear(self, times: int) -> None:
        """So many frames with a sound in them; LiveKit sends silence where a machine has no time."""
        async for event in self.stream:
            if sample := event.frame.data[0]:
                self.heard.append(sample)
            if len(self.heard) == times:
                return


@asynccontextmanager
async def listener() -> AsyncIterator[Listener]:
    one = Listener()
    try:
        yield one
    finally:
        await one.stream.aclose()
        await one.source.aclose()


async def test_a_stream_is_given_its_own_frames_and_no_others() -> None:
    keep_frames_apart()
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(listener()) for _ in range(2)]
        accepts = {id(queue): accept for queue, _, accept in FfiClient.instance.queue._subscribers}
        everything = FfiClient.instance.queue.subscribe()
        talk = (each.say(1000 * number, 20) for number, each in enumerate(both, start=1))
        hear = (each.hear(10) for each in both)

        async with asyncio.timeout(10):
            await asyncio.gather(*talk, *hear)

        FfiClient.instance.queue.unsubscribe(everything)
        events = [everything.get_nowait() for _ in range(everything.qsize())]
    frames = [event for event in events if event.WhichOneof("message") == "audio_stream_event"]
    assert {event.audio_stream_event.stream_handle for event in frames} == {each.handle for each in both}
    for each in both:
        accept = accepts[id(each.stream._ffi_queue)]
        assert accept
        assert [event for event in events if accept(event)] == [
            event for event in frames if event.audio_stream_event.stream_handle == each.handle
        ]
    assert [set(each.heard) for each in both] == [{1000}, {2000}]


async def test_a_stream_that_is_closed_is_told_no_more() -> None:
    keep_frames_apart()
    before = len(FfiClient.instance.queue._subscribers)
    async with listener():
        assert len(FfiClient.instance.queue._subscribers) == before + 1
    assert len(FfiClient.instance.queue._subscribers) == before
