"""A core that is kept busy while a command runs, and what came of each run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.processes import wait_for_end

BUSY = Path(__file__).parents[2] / "scripts" / "busy"
UNTIL_SOMEBODY_COMPUTES = """
import os, pathlib
me, script = os.getpid(), os.getppid()
others = [int(pid) for pid in pathlib.Path(f"/proc/{script}/task/{script}/children").read_text().split()]
(busy,) = [pid for pid in others if pid != me]
def ticks():
    return int(pathlib.Path(f"/proc/{busy}/stat").read_text().split(") ")[1].split()[11])
while ticks() < 20:
    os.sched_yield()
print(busy, flush=True)
"""
FOREVER = "import signal\nsignal.pause()"


def start(*command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([str(BUSY), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_somebody_computes_while_the_command_runs_and_ends_with_it() -> None:
    told, _ = start(sys.executable, "-c", UNTIL_SOMEBODY_COMPUTES).communicate(timeout=60)

    busy, run = told.splitlines()
    wait_for_end(int(busy))
    assert run.startswith("run 1 of 1: green, ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nobody_computes_on_when_the_script_is_stopped(number: signal.Signals) -> None:
    with start(sys.executable, "-c", UNTIL_SOMEBODY_COMPUTES + FOREVER) as script:
        assert script.stdout
        busy = int(script.stdout.readline())
        command = next(pid for pid in children(script.pid) if pid != busy)
        os.kill(script.pid, number)
        os.kill(command, signal.SIGTERM)  # a shell ends when what it waits for has
        script.wait()
        wait_for_end(busy)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_of_several_runs_each_is_told_and_one_that_is_red_makes_the_whole_red(tmp_path: Path) -> None:
    once = f"test ! -e {tmp_path}/second && touch {tmp_path}/second"
    script = start("--times", "2", "sh", "-c", once)
    told, _ = script.communicate(timeout=60)

    assert [line.rsplit(", ", 1)[0] for line in told.splitlines()] == ["run 1 of 2: green", "run 2 of 2: red"]
    assert script.returncode == 1


def test_without_a_command_it_says_how_it_is_used() -> None:
    script = start()

    assert script.communicate(timeout=60)[1].startswith("Usage: scripts/busy [--times N] COMMAND")
    assert script.returncode == 2
