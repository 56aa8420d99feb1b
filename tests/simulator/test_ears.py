"""Where speech begins and ends."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.ears import Ears, SpeechStarted, SpeechStopped, Turn
from tests.simulator.wire import SILENCE, tone

VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}


def turns(ears: Ears, pcm: bytes, chunk: int = 4800) -> list[Turn]:
    return [turn for start in range(0, len(pcm), chunk) for turn in ears.hear(pcm[start : start + chunk])]


@pytest.mark.parametrize("chunk", [480, 4800, 7, 96_000])
def test_a_turn_is_found_however_the_audio_is_cut(chunk: int) -> None:
    ears = Ears()
    ears.detect(VAD)

    found = turns(ears, SILENCE * 10 + tone(1.0) + SILENCE * 4, chunk)

    assert found == [SpeechStarted(700), SpeechStopped(2200)]


def test_a_pause_shorter_than_the_silence_does_not_end_a_turn() -> None:
    ears = Ears()
    ears.detect({**VAD, "silence_duration_ms": 500})

    found = turns(ears, tone(0.5) + SILENCE * 4 + tone(0.5) + SILENCE * 6)

    assert found == [SpeechStarted(0), SpeechStopped(1900)]


def test_a_click_is_no_speech() -> None:
    ears = Ears()
    ears.detect(VAD)

    assert turns(ears, SILENCE * 3 + tone(0.02) + SILENCE * 3) == []


@pytest.mark.parametrize(("threshold", "hears"), [(0.1, True), (0.5, False)])
def test_the_threshold_decides_what_is_loud(threshold: float, hears: bool) -> None:
    quiet = (np.frombuffer(tone(0.5), dtype=np.int16) // 64).astype(np.int16).tobytes()
    ears = Ears()
    ears.detect({**VAD, "threshold": threshold})

    assert bool(turns(ears, quiet)) is hears


def test_what_was_said_before_the_turn_is_not_kept() -> None:
    ears = Ears()
    ears.detect(VAD)
    turns(ears, SILENCE * 100 + tone(0.5))

    assert ears.buffered_ms == pytest.approx(500 + 300, abs=120)


def test_without_detection_everything_is_kept_until_it_is_taken() -> None:
    ears = Ears()
    ears.detect(None)
    assert turns(ears, tone(2.0)) == []

    assert len(ears.take()) == 96_000
    assert ears.buffered_ms == 0
