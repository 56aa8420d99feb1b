"""The benchmark of calls under faults, run as a person runs it, on the tests' LiveKit server."""

import asyncio
import json
import os
import re
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from bench.chaos_call import PATIENCE, Events
from bench.chaos_room import Pitches, pitches_of
from bench.chaos_script import script
from bench.silence import Clock, Silence
from simulator.voice import RATE
from tests.livekit import KEY, SECRET, LiveKitServer, livekit_server

__all__ = ["livekit_server"]

ROOT = Path(__file__).resolve().parents[2]
WRONG = ("lost_turns", "duplicate_writes", "hangs", "unspoken_results", "leaks")


@pytest.mark.timeout(180)
def test_typed_and_spoken_calls_are_made_and_told_as_json_on_the_last_line(livekit_server: LiveKitServer) -> None:
    livekit = {"LIVEKIT_URL": livekit_server.url, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    ran = subprocess.run(
        [sys.executable, "bench/chaos.py", "--calls", "10", "--seed", "2", "--json"],
        cwd=ROOT,
        env={**os.environ, **livekit},
        capture_output=True,
        text=True,
        timeout=170,
    )

    assert ran.stderr == ""
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["calls"] == 10
    assert found["faults"] > 0
    assert found["longest_silence_ms"] > 0
    wrong = any(found[name] for name in WRONG) or found["longest_silence_ms"] > 2000
    assert ran.returncode == int(wrong), ran.stdout
    assert bool(re.search(r"^call \d+: ", ran.stdout, re.MULTILINE)) >= any(found[name] for name in WRONG[:-1])


@pytest.mark.parametrize("spoken", [True, False], ids=["spoken", "typed"])
def test_a_call_follows_from_its_seed_and_number_alone(spoken: bool) -> None:
    def told(seed: int, number: int) -> str:
        made = script(seed, number, spoken)
        faults = [(fault.name, fault.at, fault.when, fault.nth, fault.skip, fault.settings) for fault in made.faults]
        return repr((made.turns, faults, made.options))

    assert told(1, 7) == told(1, 7)
    assert len({told(seed, number) for seed in (1, 2) for number in (7, 8)}) == 4


def test_a_silence_counts_while_something_is_due_and_ends_with_a_sound() -> None:
    clock = Clock()
    silence = Silence(clock)
    silence.heard()
    silence.over()
    assert silence.longest == 0.0

    silence.due()
    clock.advance(0.5)
    silence.heard()
    clock.advance(0.2)
    silence.over()
    clock.advance(9.0)
    silence.heard()
    assert silence.longest == pytest.approx(0.5, abs=0.05)


async def test_whoever_hears_a_long_answer_is_patient_and_whoever_hears_nothing_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    now = [loop.time()]
    monkeypatch.setattr(loop, "time", lambda: now[0])
    events = Events()
    silence = Silence(Clock(), events.stir)
    waiting = asyncio.create_task(events.until(lambda: False))

    async def later(seconds: float) -> None:
        now[0] += seconds
        for _ in range(5):
            await asyncio.sleep(0)

    await later(0)
    for _ in range(4):
        await later(0.9 * PATIENCE)
        silence.heard()
    await later(0)
    assert not waiting.done()

    await later(1.1 * PATIENCE)
    assert isinstance(waiting.exception(), TimeoutError)


PARTS = {
    "whole": ([(0.3, 0.3)], 1),
    "in two": ([(0.3, 0), (0, 0.3)], 1),
    "in three": ([(0.2, 0), (0.1, 0.1), (0, 0.2)], 1),
    "drawn out": ([(0.5, 0), (0.2, 0.6)], 1),
    "too short": ([(0.2, 0)], 0),
    "sent again": ([(0.3, 0.3), (0.3, 0.3)], 2),
    "sent again at once": ([(0.3, 0.3, 0.3, 0.3)], 2),
}


@pytest.mark.parametrize(("parts", "times"), PARTS.values(), ids=PARTS)
async def test_a_turn_that_comes_in_parts_or_drawn_out_is_one_and_one_that_is_sent_again_is_two(
    parts: list[tuple[float, ...]], times: int
) -> None:
    called = script(1, 9, spoken=True)
    pitches = Pitches(called)
    heard = []
    for part in parts:
        notes = [_tone(hertz, seconds) for hertz, seconds in zip(cycle(pitches_of(1)), part, strict=False)]
        heard.append(await pitches.recognize(np.concatenate(notes).astype("<i2").tobytes() + bytes(RATE)))

    assert " ".join(words for words in heard if words) == " ".join([called.turns[1].words] * times)


def _tone(hertz: int, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE) * 8000
