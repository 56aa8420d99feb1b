"""The agent's track, as LiveKit's session uses it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from livekit import rtc

from switchboard.room.agent_track import RATE, TAIL_SECONDS, AgentTrack
from switchboard.room.heard_source import Voice

SECOND = rtc.AudioFrame(bytes(2 * RATE), RATE, 1, RATE)


async def test_of_several_sentences_that_nobody_has_heard_none_is_waited_for_after_an_interruption() -> None:
    track = AgentTrack()
    for _ in range(2):
        await track.capture_frame(SECOND)
        track.flush()

    track.clear_buffer()

    async with asyncio.timeout(1):
        heard = await track.wait_for_playout()
    assert (heard.playback_position, heard.interrupted) == (0.0, True)
    await track.aclose()


class Listener:
    """Is told what is heard."""

    def __init__(self) -> None:
        self.hears_something = asyncio.Event()

    def hears(self, voice: Voice, frame: rtc.AudioFrame, ahead: float) -> None:
        self.hears_something.set()

    def falls_silent(self) -> None:
        """Nothing waits."""


@pytest.mark.parametrize("way", ["fill", "say"])
async def test_who_is_kept_company_when_the_call_is_over_is_left_without_an_error(way: str) -> None:
    listener = Listener()
    track = AgentTrack(listener)
    track.heard.set()
    playing = asyncio.create_task(getattr(track, way)([SECOND] * 3))
    await listener.hears_something.wait()
    await track.aclose()

    playing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await playing


class Source:
    """Takes sound at once, and plays the last of it when the test says so."""

    queued_duration = 0.0

    def __init__(self) -> None:
        self.played: list[int] = []
        self.waited_for = asyncio.Event()
        self.all_played = asyncio.Event()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        self.played.append(frame.samples_per_channel)
        await asyncio.sleep(0)

    async def wait_for_playout(self) -> None:
        self.waited_for.set()
        await self.all_played.wait()

    def clear_queue(self) -> None:
        """Nothing waits."""

    async def aclose(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def subscribed(source: Source, followed: Callable[[], bool] = lambda: False) -> AsyncIterator[AgentTrack]:
    track = AgentTrack(followed=followed)
    await track._source.aclose()
    track._source = source  # type: ignore[assignment]
    playing = asyncio.create_task(track._play(Publication(), None))  # type: ignore[arg-type]
    yield track
    playing.cancel()
    await track.aclose()


class Publication:
    async def wait_for_subscription(self) -> None:
        """Somebody has."""


async def test_words_that_an_agent_follows_count_as_said_a_moment_before_their_end() -> None:
    source = Source()
    async with subscribed(source, followed=lambda: True) as track:
        await track.capture_frame(SECOND)
        track.flush()
        source.queued_duration = TAIL_SECONDS
        heard = await track.wait_for_playout()

        assert heard.playback_position == pytest.approx(1.0)
        assert not heard.interrupted
        assert not source.all_played.is_set()


async def test_other_words_count_as_said_when_they_were_heard_to_their_end() -> None:
    source = Source()
    async with subscribed(source) as track:
        await track.capture_frame(SECOND)
        track.flush()
        source.queued_duration = TAIL_SECONDS
        saying = asyncio.create_task(track.wait_for_playout())
        await source.waited_for.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        before = saying.done()
        source.all_played.set()

        assert not before
        assert (await saying).playback_position == pytest.approx(1.0)


async def test_music_gives_way_to_a_word_of_the_lines() -> None:
    track = AgentTrack()
    track.heard.set()
    source = Source()
    source.all_played.set()
    await track._source.aclose()
    track._source = source  # type: ignore[assignment]
    word, note = (rtc.AudioFrame(bytes(2 * length), RATE, 1, length) for length in (240, 480))
    saying = asyncio.create_task(track.say([word] * 5))
    await asyncio.sleep(0)
    music = asyncio.create_task(track.fill([note] * 5))
    await saying
    await music
    await track.aclose()

    assert source.played == [240] * 5 + [480] * 5
