"""The benchmark of handoffs, run as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WAYS = {"ours", "shared", "own_0", "own_150", "own_400"}


@pytest.mark.parametrize("command", [("-m", "bench.handoff"), ("bench/handoff.py",)], ids=["module", "file"])
def test_four_handoffs_each_way_are_measured_and_told_as_json_on_the_last_line(command: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, *command, "--handoffs", "4", "--json"], cwd=ROOT, capture_output=True, text=True, timeout=110
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    found = json.loads(ran.stdout.splitlines()[-1])
    assert set(found) == {"rtt_0", "rtt_40"}
    for by_way in found.values():
        assert set(by_way) == WAYS
        assert all(0 < figures["p50_ms"] <= figures["p95_ms"] for figures in by_way.values())
