"""The speaking rate is LiveKit's own, and whoever else is in the loop has a turn while it is reckoned."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice.transcription._speaking_rate import SpeakingRateDetector, SpeakingRateStream

from switchboard.room.speaking_rate import PatientRate, reckon_rates_patiently

RATE = 24_000
FRAME = RATE // 10
FRAMES = 50


@pytest.fixture
def patient() -> Iterator[None]:
    stock = SpeakingRateDetector.stream
    reckon_rates_patiently()
    yield
    SpeakingRateDetector.stream = stock  # type: ignore[method-assign]


def speech(frames: int = FRAMES) -> list[rtc.AudioFrame]:
    """Noise that comes and goes, and a silence at the end."""
    times = np.arange(frames * FRAME) / RATE
    noise = np.random.default_rng(7).normal(size=len(times)) * (1 + np.sin(9 * times)) * 4_000
    noise[-4 * FRAME :] = 0
    samples = noise.clip(-32_000, 32_000).astype(np.int16).reshape(frames, FRAME)
    return [rtc.AudioFrame(frame.tobytes(), RATE, 1, FRAME) for frame in samples]


async def reckoned(stream: SpeakingRateStream) -> list[tuple[float, bool, float]]:
    for frame in speech():
        stream.push_frame(frame)
    stream.end_input()
    return [(event.timestamp, event.speaking, round(event.speaking_rate, 3)) async for event in stream]


async def test_the_rates_are_those_of_livekit() -> None:
    detector = SpeakingRateDetector()
    ours, theirs = PatientRate(detector, detector._opts), SpeakingRateStream(detector, detector._opts)

    found = await reckoned(ours)

    assert found == await reckoned(theirs)
    assert any(speaking for _, speaking, _ in found) and not all(speaking for _, speaking, _ in found)


async def test_others_have_a_turn_before_each_frame(patient: None) -> None:
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(take_turns())
    await reckoned(SpeakingRateDetector().stream())
    other.cancel()

    assert turns >= FRAMES


async def test_what_is_too_short_to_change_has_no_rate() -> None:
    detector = SpeakingRateDetector()

    assert PatientRate(detector, detector._opts)._spectral_flux(np.ones(800), RATE) == 0.0
