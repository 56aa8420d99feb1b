"""What counts as speech."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import pytest

from bench.spoken import spoken
from simulator.detector import (
    BLOCK,
    EnergyDetector,
    Floats,
    Heard,
    Memory,
    SileroDetector,
    SpeechDetector,
    downsampled,
)
from simulator.resampler import Samples
from simulator.voice import RATE, resample
from tests.simulator.wire import tone

SENTENCES = ("My order is one zero zero four two.", "Hello?", "Stop.", "Goodbye.", "Yes.")
VOICES = ("caller", "alloy", "echo", "ash", "marin")


def frames(detector: SpeechDetector, samples: Samples) -> list[Samples]:
    size = detector.frame_ms * RATE // 1000
    return [samples[start : start + size] for start in range(0, len(samples) - size + 1, size)]


def frames_of_speech(detector: SpeechDetector, samples: Samples, threshold: float = 0.5) -> list[bool]:
    memory = Memory()
    return [detector.judge([Heard(memory, frame, threshold)])[0] for frame in frames(detector, samples)]


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


@pytest.mark.parametrize("detector", [SileroDetector(), EnergyDetector()], ids=["silero", "energy"])
def test_many_who_are_judged_together_are_judged_frame_by_frame_as_each_alone(detector: SpeechDetector) -> None:
    noise = np.random.default_rng(1).normal(0, 300, RATE * 2).astype(np.int16)
    sounds = [*(said(text, voice) for text in SENTENCES for voice in VOICES), noise, np.frombuffer(tone(1.0), np.int16)]
    thresholds = [0.1 + 0.8 * number / len(sounds) for number in range(len(sounds))]

    together = judged_together(detector, sounds, thresholds)

    for sound, threshold, (found, memory) in zip(sounds, thresholds, together, strict=True):
        [(alone, kept)] = judged_together(detector, [sound], [threshold])
        assert found == alone
        assert memory.state == pytest.approx(kept.state, abs=1e-4)
        assert (memory.context == pytest.approx(kept.context, abs=1e-6)) and (memory.sound == kept.sound).all()
    assert len({len(found) for found, _ in together}) > 5  # some were gone while others still spoke


def judged_together(
    detector: SpeechDetector, sounds: Sequence[Samples], thresholds: Sequence[float]
) -> list[tuple[list[bool], Memory]]:
    """What was speech in each sound, and what is remembered of it."""
    sessions = [(frames(detector, sound), Memory(), list[bool]()) for sound in sounds]
    for number in range(max(len(all_frames) for all_frames, _, _ in sessions)):
        speaking = [each for each in zip(sessions, thresholds, strict=True) if number < len(each[0][0])]
        heard = [Heard(memory, all_frames[number], threshold) for (all_frames, memory, _), threshold in speaking]
        for ((_, _, found), _), speech in zip(speaking, detector.judge(heard), strict=True):
            found.append(speech)
    return [(found, memory) for _, memory, found in sessions]


def test_the_rate_is_changed_without_seams_or_mirror_images() -> None:
    time = np.arange(RATE) / RATE
    kept = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    lost = np.sin(2 * np.pi * 11_000 * time).astype(np.float32)

    def changed(*streams: Floats) -> Floats:
        heard = np.stack([np.concatenate((np.zeros(BLOCK, np.float32), stream)) for stream in streams])
        blocks = [downsampled(heard[:, end - 240 - BLOCK : end]) for end in range(240 + BLOCK, RATE + 240, 240)]
        return np.hstack(blocks)[:, 100:-100]

    late = (np.arange(16_000) - 16)[100 : 100 + changed(kept).shape[1]] / 16_000
    one, other = changed(kept, lost)
    assert one == pytest.approx(np.sin(2 * np.pi * 1000 * late), abs=0.01)
    assert np.abs(other).max() < 0.02


def test_loudness_is_enough_for_the_other_detector() -> None:
    assert all(frames_of_speech(EnergyDetector(), np.frombuffer(tone(1.0), np.int16)))
    assert not any(frames_of_speech(EnergyDetector(), np.zeros(RATE, np.int16)))
