"""Several programs run as one."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.machine import Machine
from stack.parts import PartError, Parts
from tests.stack.processes import STEADY, STUBBORN, child_of, python_part, wait_for_end
from tests.stack.toolchains import ROOT

CRASHING = """
import signal, sys
signal.signal(signal.SIGUSR1, lambda *_: sys.exit("RuntimeError: no more paper"))
print("ready", flush=True)
signal.pause()
"""
TELLS_WHEN = """
import pathlib, signal, sys
def stop(*_):
    with pathlib.Path(sys.argv[1]).open("a") as order:
        order.write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def parts(machine: Machine, logs: Path) -> Parts:
    return Parts(machine, logs)


async def test_parts_stop_in_reverse_order(parts: Parts, tmp_path: Path) -> None:
    order = tmp_path / "order"
    async with parts:
        for name in ("a", "b", "c"):
            part = python_part(name, TELLS_WHEN)
            await parts.start(type(part)(name, (*part.command, str(order), name), part.ready))

    assert order.read_text() == "cba"


async def test_what_a_part_writes_is_in_a_log_that_is_named(parts: Parts, logs: Path, said: list[str]) -> None:
    async with parts:
        await parts.start(python_part("steady", STEADY))

    assert (logs / "steady.log").read_text() == "ready\nstopped\n"
    assert said[0].startswith("steady: ready (")
    assert said[0].endswith(f"s), log {logs / 'steady.log'}")


async def test_a_part_that_ends_by_itself_ends_the_block_with_one_line(parts: Parts, logs: Path) -> None:
    with pytest.raises(PartError) as crash:
        async with parts:
            await parts.start(python_part("steady", STEADY))
            await parts.start(python_part("printer", CRASHING))
            os.kill(parts.pid("printer"), signal.SIGUSR1)
            await parts.wait()

    why = "RuntimeError: no more paper"
    assert str(crash.value) == f"printer ended by itself (exit code 1): {why} (more at the end of {logs}/printer.log)"
    assert (logs / "steady.log").read_text().endswith("stopped\n")


async def test_a_crash_ends_the_start_of_another_part(parts: Parts) -> None:
    with pytest.raises(PartError, match=r"^printer ended by itself \(SIGKILL\): ready "):
        async with parts:
            await parts.start(python_part("printer", CRASHING))
            os.kill(parts.pid("printer"), signal.SIGKILL)
            await parts.start(python_part("never ready", "import signal; signal.pause()"))


async def test_a_part_that_ends_before_it_is_ready_is_told_in_one_line(parts: Parts, logs: Path) -> None:
    with pytest.raises(PartError) as failed:
        async with parts:
            await parts.start(python_part("worker", "import no_such_module"))

    why = "ModuleNotFoundError: No module named 'no_such_module'"
    assert str(failed.value) == f"worker ended by itself (exit code 1): {why} (more at the end of {logs}/worker.log)"


async def test_a_part_that_is_not_ready_in_time_is_stopped_and_told(parts: Parts, logs: Path) -> None:
    part = python_part("web", "import signal; signal.pause()", ready_seconds=0.2)

    with pytest.raises(PartError) as failed:
        async with parts:
            await parts.start(part)

    assert str(failed.value) == f"web was not ready after 0.2 s; its log {logs}/web.log is empty."


async def test_a_part_that_ignores_sigterm_is_killed_with_its_children(
    parts: Parts, logs: Path, said: list[str]
) -> None:
    async with parts:
        await parts.start(python_part("stubborn", STUBBORN, stop_seconds=0.2))
        pid = parts.pid("stubborn")
        began = time.monotonic()

    assert time.monotonic() - began < 2
    assert said[-1] == "stubborn did not stop within 0.2 s and was killed."
    wait_for_end(pid)
    wait_for_end(child_of(logs / "stubborn.log"))


async def test_a_part_stopped_on_purpose_is_no_crash_and_can_start_again(parts: Parts, logs: Path) -> None:
    async with parts:
        await parts.start(python_part("steady", STEADY))
        await parts.stop("steady", at_once=True)
        await parts.start(python_part("steady", STEADY))
        await parts.stop("steady")

    assert (logs / "steady.log.1").read_text() == "ready\n"
    assert (logs / "steady.log").read_text() == "ready\nstopped\n"


async def test_an_error_of_the_block_stays_what_it_is(parts: Parts, logs: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with parts:
            await parts.start(python_part("steady", STEADY))
            _ = 1 / 0

    assert (logs / "steady.log").read_text().endswith("stopped\n")


async def test_a_cancellation_from_outside_stays_one(parts: Parts, logs: Path) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(None) as limit, parts:
            await parts.start(python_part("steady", STEADY))
            limit.reschedule(0)
            await parts.wait()

    assert (logs / "steady.log").read_text().endswith("stopped\n")


async def test_a_signal_ends_the_block_quietly_and_handlers_are_put_back(parts: Parts) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    async with parts:
        signal.raise_signal(signal.SIGTERM)
        await parts.wait()

    assert parts.stopped_by is signal.SIGTERM
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


class Stack:
    """The program `stack.py` in a process of its own, started, with all its parts ready."""

    def __init__(self, folder: Path, stop_seconds: float) -> None:
        command = [sys.executable, "-m", "tests.stack.stack", str(folder), str(stop_seconds)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.lines = self.process.stdout
        line = next(line for line in self.lines if line.startswith("pids "))
        self.pids = [int(pid) for pid in line.split()[1:]]
        self.pids.append(child_of(folder / "logs" / "stubborn.log"))

    def end(self) -> list[str]:
        """What it wrote until its end."""
        lines = self.lines.read().splitlines()
        self.process.wait()
        return lines

    def nothing_is_left(self) -> bool:
        for pid in self.pids:
            wait_for_end(pid)
        return True


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[list[Stack]]:
    started: list[Stack] = []
    yield started
    for stack in started:
        stack.process.kill()
        stack.process.wait()
        stack.lines.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_stops_every_part_and_leaves_nothing(
    tmp_path: Path, stacks: list[Stack], number: signal.Signals
) -> None:
    stacks.append(stack := Stack(tmp_path, stop_seconds=0.2))
    stack.process.send_signal(number)

    assert stack.end() == [
        "Stopping ...",
        "stubborn did not stop within 0.2 s and was killed.",
        f"over {number}",
    ]
    assert stack.process.returncode == 0
    assert stack.nothing_is_left()
    assert (tmp_path / "logs" / "steady.log").read_text().endswith("stopped\n")


def test_a_second_ctrl_c_kills_what_still_stops(tmp_path: Path, stacks: list[Stack]) -> None:
    stacks.append(stack := Stack(tmp_path, stop_seconds=60))
    stack.process.send_signal(signal.SIGINT)
    assert stack.lines.readline() == "Stopping ...\n"
    stack.process.send_signal(signal.SIGINT)

    assert stack.end()[-1] == f"over {signal.SIGINT}"
    assert stack.nothing_is_left()


def test_nothing_outlives_a_process_that_is_killed(tmp_path: Path, stacks: list[Stack]) -> None:
    stacks.append(stack := Stack(tmp_path, stop_seconds=60))
    stack.process.kill()

    assert stack.nothing_is_left()
    assert (tmp_path / "logs" / "steady.log").read_text().endswith("stopped\n")
