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
