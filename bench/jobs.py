"""What one call of `bench.density` runs: ours, the stock agent or a bare echo, each with a probe of its event loop.

Functions of a module: a process executor finds them by name in its children.
"""

import asyncio

from livekit import rtc
from livekit.agents import JobContext

from app import worker
from bench import stock_worker
from bench.probe import report_lag

RATE = 24_000
ECHO_FRAME_MS = 50


async def ours(ctx: JobContext) -> None:
    """As `main.py start` answers."""
    _watch(ctx)
    await worker.answer(ctx)


async def stock(ctx: JobContext) -> None:
    """As a user would write it from LiveKit's documentation."""
    _watch(ctx)
    await stock_worker.answer(ctx)


async def echo(ctx: JobContext) -> None:
    """Send back what is heard: no agent and no model, the floor of any agent."""
    _watch(ctx)
    source = rtc.AudioSource(RATE, 1)
    echoes: list[asyncio.Task[None]] = []

    async def send_back(track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=ECHO_FRAME_MS):
            await source.capture_frame(event.frame)

    ctx.room.on("track_subscribed", lambda track, *_: echoes.append(asyncio.create_task(send_back(track))))
    await ctx.connect()
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await ctx.room.local_participant.publish_track(rtc.LocalAudioTrack.create_audio_track("echo", source), options)


def _watch(ctx: JobContext) -> None:
    probe = asyncio.create_task(report_lag(), name="lag probe")

    async def end() -> None:
        probe.cancel()

    ctx.add_shutdown_callback(end)
