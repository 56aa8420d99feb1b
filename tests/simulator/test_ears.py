"""Where speech begins and ends. Tones make exact times, so most of this listens to loudness."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from simulator.detector import EnergyDetector, SileroDetector, SpeechDetector
from simulator.ears import Ears, SpeechStarted, SpeechStopped, Turn
from simulator.hearing import Hearing
from simulator.voice import synthesize
from tests.simulator.wire import PATIENCE, SILENCE, tone

VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}


class Listener:
    """Ears, and the turns that they hear."""

    def __init__(self, detector: SpeechDetector, **detection: Any) -> None:
        self.ears = Ears(Hearing(detector), self._heard)
        self.ears.detect({**VAD, **detection})
        self.turns: list[Turn] = []
        self.taken: list[bytes] = []
        self._caught_up = asyncio.Event()

    async def hear(self, pcm: bytes, chunk: int = 4800) -> list[Turn]:
        """All turns in this audio, when it is judged."""
        for start in range(0, len(pcm), chunk):
            self._caught_up.clear()
            self.ears.hear(pcm[start : start + chunk])
            if self.ears.behind:
                await asyncio.wait_for(self._caught_up.wait(), PATIENCE)
        return self.turns

    def _heard(self) -> None:
        for turn in self.ears.turns():
            self.turns.append(turn)
            if isinstance(turn, SpeechStopped):
                self.taken.append(self.ears.take())
        if not self.ears.behind:
            self._caught_up.set()


@pytest.mark.parametrize("chunk", [480, 4800, 7, 96_000])
async def test_a_turn_is_found_however_the_audio_is_cut(chunk: int) -> None:
    listener = Listener(EnergyDetector())

    found = await listener.hear(SILENCE * 10 + tone(1.0) + SILENCE * 4, chunk)

    assert found == [SpeechStarted(700), SpeechStopped(2200)]


async def test_a_pause_shorter_than_the_silence_does_not_end_a_turn() -> None:
    listener = Listener(EnergyDetector(), silence_duration_ms=500)

    found = await listener.hear(tone(0.5) + SILENCE * 4 + tone(0.5) + SILENCE * 6)

    assert found == [SpeechStarted(0), SpeechStopped(1900)]


class Patient(EnergyDetector):
    """Hears a turn begin after three frames of speech."""

    frames = 3


async def test_a_click_is_no_speech_to_a_detector_that_wants_several_frames() -> None:
    listener = Listener(Patient())

    assert await listener.hear(SILENCE * 3 + tone(0.02) + SILENCE * 3) == []


@pytest.mark.parametrize(("threshold", "hears"), [(0.1, True), (0.5, False)])
async def test_the_threshold_decides_what_is_loud(threshold: float, hears: bool) -> None:
    quiet = (np.frombuffer(tone(0.5), dtype=np.int16) // 64).astype(np.int16).tobytes()
    listener = Listener(EnergyDetector(), threshold=threshold)

    assert bool(await listener.hear(quiet)) is hears


async def test_what_was_said_before_the_turn_is_not_kept() -> None:
    listener = Listener(EnergyDetector())
    await listener.hear(SILENCE * 100 + tone(0.5))

    assert listener.ears.buffered_ms == pytest.approx(500 + 300, abs=120)


async def test_without_detection_everything_is_kept_until_it_is_taken() -> None:
    listener = Listener(EnergyDetector())
    listener.ears.detect(None)
    assert await listener.hear(tone(2.0)) == []

    assert len(listener.ears.take_all()) == 96_000
    assert listener.ears.buffered_ms == 0


@pytest.mark.parametrize("padding", [0, 300, 700])
async def test_the_buffer_of_a_turn_begins_where_the_turn_does(padding: int) -> None:
    listener = Listener(EnergyDetector(), prefix_padding_ms=padding)
    pcm = SILENCE * 10 + tone(1.0) + SILENCE * 4

    started, stopped = await listener.hear(pcm)

    assert started.ms == 1000 - padding
    assert listener.taken == [pcm[started.ms * 48 : stopped.ms * 48]]


async def test_two_turns_in_one_chunk_do_not_mix() -> None:
    listener = Listener(EnergyDetector(), prefix_padding_ms=0)
    pcm = (tone(0.5) + SILENCE * 5) * 2

    await listener.hear(pcm, chunk=len(pcm))

    assert [len(taken) // 48 for taken in listener.taken] == [700, 700]


@pytest.mark.parametrize("silence_ms", [200, 500, 900])
async def test_speech_ends_after_the_silence_of_the_session(silence_ms: int) -> None:
    speech = synthesize("Where is my order?", "caller", 1.0)
    listener = Listener(SileroDetector(), silence_duration_ms=silence_ms)

    [started, stopped] = await listener.hear(SILENCE * 10 + speech.pcm + SILENCE * 15)

    assert started.ms == pytest.approx(1000 - 300, abs=100)
    # eSpeak's own silence at the end of a sentence is part of it.
    assert stopped.ms == pytest.approx(1000 + speech.ms + silence_ms, abs=350)


async def test_what_sounds_but_does_not_speak_opens_no_turn() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 72_000).astype(np.int16).tobytes()
    listener = Listener(SileroDetector())

    assert await listener.hear(tone(3.0) + SILENCE * 5 + noise) == []


async def test_a_tone_is_heard_where_loudness_is_enough() -> None:
    listener = Listener(EnergyDetector())

    assert await listener.hear(tone(1.0))
