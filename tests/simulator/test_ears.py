"""Where speech begins and ends. Tones make exact times, so most of this listens to loudness."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.detector import EnergyDetector, SileroDetector
from simulator.ears import Ears, SpeechStarted, SpeechStopped, Turn
from simulator.voice import synthesize
from tests.simulator.wire import SILENCE, tone

VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}


def turns(ears: Ears, pcm: bytes, chunk: int = 4800) -> list[Turn]:
    return [turn for start in range(0, len(pcm), chunk) for turn in ears.hear(pcm[start : start + chunk])]


@pytest.mark.parametrize("chunk", [480, 4800, 7, 96_000])
def test_a_turn_is_found_however_the_audio_is_cut(chunk: int) -> None:
    ears = Ears(EnergyDetector)
    ears.detect(VAD)

    found = turns(ears, SILENCE * 10 + tone(1.0) + SILENCE * 4, chunk)

    assert found == [SpeechStarted(700), SpeechStopped(2200)]


def test_a_pause_shorter_than_the_silence_does_not_end_a_turn() -> None:
    ears = Ears(EnergyDetector)
    ears.detect({**VAD, "silence_duration_ms": 500})

    found = turns(ears, tone(0.5) + SILENCE * 4 + tone(0.5) + SILENCE * 6)

    assert found == [SpeechStarted(0), SpeechStopped(1900)]


class Patient(EnergyDetector):
    """Hears a turn begin after three frames of speech."""

    frames = 3


def test_a_click_is_no_speech_to_a_detector_that_wants_several_frames() -> None:
    ears = Ears(Patient)
    ears.detect(VAD)

    assert turns(ears, SILENCE * 3 + tone(0.02) + SILENCE * 3) == []


@pytest.mark.parametrize(("threshold", "hears"), [(0.1, True), (0.5, False)])
def test_the_threshold_decides_what_is_loud(threshold: float, hears: bool) -> None:
    quiet = (np.frombuffer(tone(0.5), dtype=np.int16) // 64).astype(np.int16).tobytes()
    ears = Ears(EnergyDetector)
    ears.detect({**VAD, "threshold": threshold})

    assert bool(turns(ears, quiet)) is hears


def test_what_was_said_before_the_turn_is_not_kept() -> None:
    ears = Ears(EnergyDetector)
    ears.detect(VAD)
    turns(ears, SILENCE * 100 + tone(0.5))

    assert ears.buffered_ms == pytest.approx(500 + 300, abs=120)


def test_without_detection_everything_is_kept_until_it_is_taken() -> None:
    ears = Ears(EnergyDetector)
    ears.detect(None)
    assert turns(ears, tone(2.0)) == []

    assert len(ears.take()) == 96_000
    assert ears.buffered_ms == 0


@pytest.mark.parametrize("padding", [0, 300, 700])
def test_the_buffer_of_a_turn_begins_where_the_turn_does(padding: int) -> None:
    ears = Ears(EnergyDetector)
    ears.detect({**VAD, "prefix_padding_ms": padding})
    pcm = SILENCE * 10 + tone(1.0) + SILENCE * 4
    for turn in ears.hear(pcm):
        if isinstance(turn, SpeechStarted):
            begun = turn.ms
        else:
            assert ears.take() == pcm[begun * 48 : turn.ms * 48]

    assert begun == 1000 - padding


def test_two_turns_in_one_chunk_do_not_mix() -> None:
    ears = Ears(EnergyDetector)
    ears.detect({**VAD, "prefix_padding_ms": 0})
    taken = [ears.take() for turn in ears.hear((tone(0.5) + SILENCE * 5) * 2) if isinstance(turn, SpeechStopped)]

    assert [len(pcm) // 48 for pcm in taken] == [700, 700]


@pytest.mark.parametrize("silence_ms", [200, 500, 900])
def test_speech_ends_after_the_silence_of_the_session(silence_ms: int) -> None:
    speech = synthesize("Where is my order?", "caller", 1.0)
    ears = Ears(SileroDetector)
    ears.detect({**VAD, "silence_duration_ms": silence_ms})

    [started, stopped] = turns(ears, SILENCE * 10 + speech.pcm + SILENCE * 15)

    assert started.ms == pytest.approx(1000 - 300, abs=100)
    # eSpeak's own silence at the end of a sentence is part of it.
    assert stopped.ms == pytest.approx(1000 + speech.ms + silence_ms, abs=350)


def test_what_sounds_but_does_not_speak_opens_no_turn() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 72_000).astype(np.int16).tobytes()
    ears = Ears(SileroDetector)
    ears.detect(VAD)

    assert turns(ears, tone(3.0) + SILENCE * 5 + noise) == []


def test_a_tone_is_heard_where_loudness_is_enough() -> None:
    ears = Ears(EnergyDetector)
    ears.detect(VAD)

    assert turns(ears, tone(1.0))
