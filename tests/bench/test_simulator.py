"""The benchmark of the simulator, run as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ("confirmation", "first sound", "sound", "end of a turn")


@pytest.mark.parametrize("command", [("-m", "bench.simulator"), ("bench/simulator.py",)], ids=["module", "file"])
def test_callers_are_measured_and_starts_counted_and_told_as_json_on_the_last_line(command: tuple[str, ...]) -> None:
    small = ("--sessions", "4", "--seconds", "4", "--starts", "1", "--json")

    ran = subprocess.run([sys.executable, *command, *small], cwd=ROOT, capture_output=True, text=True, timeout=110)

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    *shown, told = ran.stdout.splitlines()
    assert all(any(line.startswith(f"| {event} ") for line in shown) for event in EVENTS)
    found = json.loads(told)
    assert (found.keys(), found["sessions"]) == ({"sessions", "lag_ms", "cpu", "first_words_crashes"}, 4)
    assert 0 <= found["lag_ms"]["p50"] <= found["lag_ms"]["p99"]
    assert found["cpu"] > 0
    assert found["first_words_crashes"] == 0
