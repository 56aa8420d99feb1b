"""The benchmark of web calls, run as a person runs it, on the tests' LiveKit server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.web import WebFigures, bars
from tests.livekit import KEY, SECRET, LiveKitServer, livekit_server

__all__ = ["livekit_server"]

ROOT = Path(__file__).resolve().parents[2]
JOINS = {"ours_0", "ours_300", "ours_1000", "ours_1000_delay_400", "stock"}


@pytest.mark.timeout(240)
def test_a_call_each_way_is_measured_and_told_as_json_on_the_last_line(livekit_server: LiveKitServer) -> None:
    environ = {
        **os.environ,
        "LIVEKIT_URL": livekit_server.url,
        "LIVEKIT_API_KEY": KEY,
        "LIVEKIT_API_SECRET": SECRET,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "bench.web", "--calls", "1", "--json"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=220,
    )

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert {measure: set(by_name) for measure, by_name in found.items()} == {
        "join_ms": JOINS,
        "stop_to_audio_ms": {"ours", "stock"},
        "barge_in_ms": {"ours", "stock"},
    }
    for by_name in found.values():
        assert all(0 < figures["p50"] <= figures["p95"] for figures in by_name.values())


def test_a_bar_whose_calls_all_failed_does_not_hold() -> None:
    assert all(line.endswith("DOES NOT HOLD") for line in bars(WebFigures()))


def test_bars_hold_for_figures_that_are_good_enough() -> None:
    figures = WebFigures()
    for name, join in (("ours_1000", 0.1), ("ours_1000_delay_400", 0.12), ("ours_300", 0.3), ("stock", 0.45)):
        figures.add(("join_ms", name), join)
    for who, answer, silence in (("ours", 0.6, 0.1), ("stock", 0.65, 0.2)):
        figures.add(("stop_to_audio_ms", who), answer)
        figures.add(("barge_in_ms", who), silence)
    figures.early["ours"].append(True)

    assert all(line.endswith(", holds") for line in bars(figures))
