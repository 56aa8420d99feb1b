"""What counts as speech."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import pytest

from bench.spoken import spoken
from simulator.detector import Downsampler, EnergyDetector, SileroDetector, SpeechDetector
from simulator.voice import RATE, Samples, resample
from tests.simulator.wire import tone

SENTENCES = ("My order is one zero zero four two.", "Hello?", "Stop.", "Goodbye.", "Yes.")
VOICES = ("caller", "alloy", "echo", "ash", "marin")


def frames_of_speech(detector: SpeechDetector, samples: Samples, threshold: float = 0.5) -> list[bool]:
    size = detector.frame_ms * RATE // 1000
    starts = range(0, len(samples) - size + 1, size)
    return [detector.is_speech(samples[start : start + size], threshold) for start in starts]


def begins_after_ms(detector: SpeechDetector, samples: Samples) -> float:
    """From the first sound to the frame with which a turn begins."""
    found = frames_of_speech(detector, samples)
    runs = (all(found[end - detector.frames : end]) for end in range(detector.frames, len(found) + 1))
    frames = next(place for place, run in enumerate(runs, detector.frames) if run)
    return float(frames * detector.frame_ms - np.argmax(np.abs(samples) > 300) / RATE * 1000)


def said(text: str, voice: str = "caller") -> Samples:
    silence = np.zeros(RATE // 2, np.int16)
    return np.concatenate((silence, np.frombuffer(spoken(text, voice), np.int16), silence))


def recorded(name: str) -> Samples:
    """One of the recordings that LiveKit Agents brings along."""
    found = find_spec("livekit.agents")
    assert found is not None and found.origin is not None
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(Path(found.origin).parent / "resources" / f"{name}.ogg") as file:
        frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.int16)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("text", SENTENCES)
def test_speech_is_noticed_within_two_tenths_of_a_second(text: str, voice: str) -> None:
    assert begins_after_ms(SileroDetector(), said(text, voice)) < 200


def test_speech_on_a_telephone_in_noise_is_noticed() -> None:
    speech = said("I would like to speak to somebody, please.")
    narrow = resample(resample(speech, RATE, 8_000), 8_000, RATE)
    noise = np.random.default_rng(1).normal(0, 300, len(narrow))
    noisy = np.clip(narrow + noise, -32768, 32767).astype(np.int16)

    found = frames_of_speech(SileroDetector(), noisy)

    assert not any(found[:12])
    assert sum(found) > 0.6 * (len(found) - 30)


def test_people_are_heard_in_a_recording() -> None:
    found = frames_of_speech(SileroDetector(), recorded("crowded-room"))

    assert sum(found) > 0.8 * len(found)


@pytest.mark.parametrize("name", ["keyboard-typing", "keyboard-typing2", "hold_music", "city-ambience"])
def test_other_recordings_are_no_speech(name: str) -> None:
    assert not any(frames_of_speech(SileroDetector(), recorded(name)))


def test_tones_noise_keys_and_clicks_are_no_speech() -> None:
    time = np.arange(RATE * 2) / RATE
    key = 6000 * (np.sin(2 * np.pi * 697 * time) + np.sin(2 * np.pi * 1209 * time))
    click = np.zeros(RATE)
    click[::6000] = 30_000
    noise = np.random.default_rng(1).normal(0, 3000, RATE * 3)
    sounds = (np.frombuffer(tone(2.0), np.int16), key, click, noise, np.cumsum(noise / 20))

    assert not any(any(frames_of_speech(SileroDetector(), sound.astype(np.int16))) for sound in sounds)


def test_the_threshold_counts() -> None:
    speech = said("Hello? Is anybody there? I have a question.")

    found = [sum(frames_of_speech(SileroDetector(), speech, threshold)) for threshold in (0.1, 0.5, 0.99, 1.01)]

    assert found == sorted(found, reverse=True)
    assert found[0] > found[2] > found[3] == 0


def test_callers_do_not_share_what_was_heard() -> None:
    speech = said("Where is my order?")
    alone = frames_of_speech(SileroDetector(), speech)
    one, other = SileroDetector(), SileroDetector()
    size = one.frame_ms * RATE // 1000
    silence = np.zeros(size, np.int16)

    mixed = []
    for start in range(0, len(speech) - size + 1, size):
        mixed.append(one.is_speech(speech[start : start + size], 0.5))
        assert not other.is_speech(silence, 0.5)

    assert mixed == alone


def test_the_rate_is_changed_without_seams_or_mirror_images() -> None:
    time = np.arange(RATE) / RATE
    kept = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    lost = np.sin(2 * np.pi * 11_000 * time).astype(np.float32)

    def changed(sound: np.ndarray) -> np.ndarray:
        downsampler = Downsampler()
        return np.concatenate([downsampler(block) for block in sound.reshape(-1, 48)])[100:-100]

    late = (np.arange(16_000) - 16)[100:-100] / 16_000
    assert changed(kept) == pytest.approx(np.sin(2 * np.pi * 1000 * late), abs=0.01)
    assert np.abs(changed(lost)).max() < 0.02


def test_loudness_is_enough_for_the_other_detector() -> None:
    assert all(frames_of_speech(EnergyDetector(), np.frombuffer(tone(1.0), np.int16)))
    assert not any(frames_of_speech(EnergyDetector(), np.zeros(RATE, np.int16)))
