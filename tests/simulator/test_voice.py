"""Speech from text."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import numpy as np
import pytest

from bench.first_words import ROOT, how_it_ended
from simulator.server import Simulator
from simulator.voice import VOICES, Speech, Voice, resample, synthesize
from tests.simulator.minds import Given
from tests.simulator.wire import connect

LOADED = """
import asyncio
from pathlib import Path

from bench.first_words import Greeting
from simulator.server import Simulator
from simulator.voice import Voice


class Probed(Voice):
    async def warm(self):
        assert not espeak_is_loaded()
        await super().warm()
        assert espeak_is_loaded() and simulator.port == 0


def espeak_is_loaded():
    return "espeak" in Path("/proc/self/maps").read_text()


simulator = Simulator(Greeting(), voice=Probed())


async def start():
    async with simulator:
        print(espeak_is_loaded())


asyncio.run(start())
"""
SENTENCE = "Hello, this is the support line. How can I help you today?"


def pitch(speech: Speech) -> float:
    """The median pitch in Hz."""
    sound = np.frombuffer(speech.pcm, dtype=np.int16).astype(np.float64)
    found = []
    for start in range(0, len(sound) - 1200, 600):
        frame = sound[start : start + 1200] - sound[start : start + 1200].mean()
        if frame.std() > 500:
            likeness = np.correlate(frame, frame, "full")[1199:]
            lag = int(np.argmax(likeness[60:400])) + 60
            found.append(24_000 / lag)
    return float(np.median(found))


def test_speech_takes_as_long_as_a_person_would() -> None:
    speech = synthesize(SENTENCE, "marin", 1.0)

    assert 3000 < speech.ms < 5000
    assert synthesize(SENTENCE, "marin", 1.5).ms < speech.ms * 0.8


def test_each_word_has_its_time() -> None:
    speech = synthesize(SENTENCE, "marin", 1.0)

    begin = 0
    words = []
    for word in speech.words:
        words.append(speech.text[begin : word.end].strip())
        begin = word.end
    assert words == SENTENCE.split()
    times = [time for word in speech.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(speech.ms)
    assert speech.heard(speech.ms / 2).startswith("Hello, this is the")
    assert speech.heard(speech.ms + 1) == SENTENCE
    assert speech.heard(0) == ""


def test_voices_can_be_told_apart_by_measuring() -> None:
    low, middle, high = (pitch(synthesize(SENTENCE, voice, 1.0)) for voice in ("echo", "marin", "shimmer"))

    assert low * 1.5 < middle
    assert middle * 1.2 < high
    assert len(set(VOICES.values())) == len(VOICES)


def test_any_other_id_has_a_voice_of_its_own() -> None:
    one, other = synthesize(SENTENCE, "voice-one", 1.0), synthesize(SENTENCE, "voice-two", 1.0)

    assert pitch(one) == pytest.approx(pitch(synthesize(SENTENCE, "voice-one", 1.0)), rel=0.02)
    assert pitch(one) != pytest.approx(pitch(other), rel=0.02)


@pytest.mark.parametrize("text", ["", "  ", "…", "🙂", "<b>7 & 8</b>", "O'Neil: 12.50 €"])
def test_anything_can_be_asked_to_be_said(text: str) -> None:
    speech = synthesize(text, "marin", 1.0)

    assert all(0 < word.end <= len(text) for word in speech.words)


async def test_many_can_speak_at_once_without_holding_the_loop() -> None:
    voice = Voice()
    texts = [f"This is sentence number {n}, and it is not a short one at all." for n in range(8)]
    loop, begun = time.thread_time(), time.process_time()
    together = await asyncio.gather(*(voice.speak(text, "marin") for text in texts))
    loop, everything = time.thread_time() - loop, time.process_time() - begun

    alone = [synthesize(text, "marin", 1.0) for text in texts]
    for mine, other in zip(together, alone, strict=True):
        # A sentence sounds a little different after other ones.
        assert mine.text == other.text
        assert [word.end for word in mine.words] == [word.end for word in other.words]
        assert mine.ms == pytest.approx(other.ms, rel=0.05)
    assert loop < everything / 4  # of the work itself, not of the time that it took
    assert await voice.speak(texts[0], "marin") is together[0]


async def test_what_many_ask_for_at_once_is_spoken_once() -> None:
    voice = Voice()
    asked = [asyncio.create_task(voice.speak(SENTENCE, "marin")) for _ in range(100)]
    await asyncio.sleep(0)
    asked[0].cancel()  # who asked first does not wait for it

    spoken = await asyncio.gather(*asked[1:])

    assert {id(speech) for speech in spoken} == {id(spoken[0])}
    assert spoken[0].ms > 3000


async def test_what_could_not_be_spoken_is_tried_again() -> None:
    voice = Voice()
    with pytest.raises(UnicodeEncodeError):
        await voice.speak("half a character: \ud83d", "marin")
    with pytest.raises(UnicodeEncodeError):
        await voice.speak("half a character: \ud83d", "marin")


async def test_a_hundred_callers_who_are_told_the_same_long_sentence_at_once_all_get_in_and_hear_it() -> None:
    long = " ".join(f"This is part {number} of a story that takes its time." for number in range(16))
    async with Simulator(Given(otherwise=long)) as simulator:

        async def call() -> None:
            async with connect(simulator) as wire:
                await wire.ask("response.create", "response.output_audio.delta")

        await asyncio.gather(*(call() for _ in range(100)))

    assert simulator.opened == 100
    assert synthesize(long, "alloy", 1.0).ms > 45_000


def test_resampling_keeps_length_and_pitch() -> None:
    seconds = np.arange(22_050) / 22_050
    sound = (10_000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16)

    again = resample(sound, 22_050, 24_000)

    assert len(again) == 24_000
    assert int(np.argmax(np.abs(np.fft.rfft(again)))) == 440


@pytest.mark.parametrize("way", ["threads", "calls"])
def test_first_words_at_the_same_moment_are_all_said(way: str) -> None:
    assert [how_it_ended(way, callers=8) for _ in range(4)] == ["well"] * 4


def test_the_engine_is_loaded_before_the_simulator_listens() -> None:
    asked = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (asked.stdout, asked.stderr) == ("True\n", "")
