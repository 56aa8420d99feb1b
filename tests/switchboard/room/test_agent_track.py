"""The agent's track, as LiveKit's session uses it."""

import asyncio

from livekit import rtc

from switchboard.room.agent_track import RATE, AgentTrack

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


async def test_music_gives_way_to_a_word_of_the_lines() -> None:
    track = AgentTrack()
    track.heard.set()
    played: list[int] = []
    all_said = asyncio.Event()

    class Source:
        queued_duration = 0.0

        async def capture_frame(self, frame: rtc.AudioFrame) -> None:
            played.append(frame.samples_per_channel)
            await asyncio.sleep(0)

        async def wait_for_playout(self) -> None:
            all_said.set()

        def clear_queue(self) -> None:
            """Nothing waits."""

        async def aclose(self) -> None:
            """Nothing is open."""

    await track._source.aclose()
    track._source = Source()  # type: ignore[assignment]
    word, note = (rtc.AudioFrame(bytes(2 * length), RATE, 1, length) for length in (240, 480))
    saying = asyncio.create_task(track.say([word] * 5))
    await asyncio.sleep(0)
    music = asyncio.create_task(track.fill([note] * 5))
    await saying
    await music
    await track.aclose()

    assert played == [240] * 5 + [480] * 5
