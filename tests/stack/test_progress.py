"""What people see of long work: a line a step, and the rest in a log."""

import asyncio
import io
import re
import sys
from pathlib import Path

import pyte
import pytest
from rich.console import Console

from stack.errors import LocalError
from stack.machine import Machine
from stack.progress import SHOWN_OF_A_FAILURE, Progress

NOISE = "for number in range({lines}): print(f'npm warn deprecated {{number}}')"


class Shown:
    """A terminal, or a pipe, and a log."""

    def __init__(self, folder: Path, *, terminal: bool) -> None:
        self._file = io.StringIO()
        self.console = Console(file=self._file, force_terminal=terminal, force_interactive=terminal, width=80)
        self.log = folder / "log" / "demo.log"

    @property
    def text(self) -> str:
        return self._file.getvalue()

    @property
    def screen(self) -> list[str]:
        """What a terminal that got the text shows at the end, without the empty lines."""
        screen = pyte.Screen(80, 40)
        pyte.Stream(screen).feed(self.text.replace("\n", "\r\n"))
        return [line.rstrip() for line in screen.display if line.strip()]

    def steps(self, *names: str) -> Progress:
        return Progress(self.console, self.log, *names)


@pytest.fixture
def pipe(tmp_path: Path) -> Shown:
    return Shown(tmp_path, terminal=False)


async def noisy(machine: Machine, lines: int, then: str = "") -> None:
    await machine.run([sys.executable, "-c", f"{NOISE.format(lines=lines)}\n{then}"], "Building the page")


async def test_in_a_pipe_a_step_is_a_line_when_it_begins_and_one_when_it_ends(pipe: Shown, machine: Machine) -> None:
    with pipe.steps("The page", "The parts") as steps:
        with steps.step("The page") as note:
            await noisy(machine.noting(note), 900)
        with steps.step("The parts"):
            pass

    begun, done, *others = pipe.text.splitlines()
    assert begun == "1 of 2  The page ..."
    assert done.startswith("1 of 2  The page: done (")
    assert others[0] == "2 of 2  The parts ..."
    assert len(others) == 2
    assert pipe.log.read_text().count("npm warn deprecated") == 900


async def test_a_terminal_keeps_one_line_a_step(tmp_path: Path, machine: Machine) -> None:
    shown = Shown(tmp_path, terminal=True)

    with shown.steps("The page") as steps, steps.step("The page") as note:
        await noisy(machine.noting(note), 900)

    (line,) = shown.screen
    assert re.fullmatch(r"1 of 1  The page +\d+ s done", line)


async def test_a_step_that_fails_shows_the_end_of_what_it_noted_and_names_the_log(
    pipe: Shown, machine: Machine
) -> None:
    with pytest.raises(LocalError), pipe.steps("The page", "LiveKit's server") as steps:
        with steps.step("LiveKit's server") as note:
            note("a line of somebody else")
        with steps.step("The page") as note:
            await noisy(machine.noting(note), 900, "print('error: no space left')\nraise SystemExit(1)")

    lines = pipe.text.splitlines()
    assert "1 of 2  The page: failed (" in pipe.text
    assert lines[-1] == f"All of it is in {pipe.log}."
    assert "  error: no space left" in lines
    assert sum("npm warn" in line for line in lines) == SHOWN_OF_A_FAILURE - 1
    assert "a line of somebody else" not in pipe.text


async def test_whatever_a_step_fails_of_its_end_is_shown(pipe: Shown) -> None:
    with pytest.raises(OSError), pipe.steps("The page") as steps, steps.step("The page") as note:
        note("npm warn deprecated")
        raise OSError("no space left on device")

    assert "1 of 1  The page: failed (" in pipe.text
    assert "npm warn deprecated" in pipe.text


@pytest.mark.parametrize("stop", [KeyboardInterrupt, asyncio.CancelledError])
async def test_what_is_stopped_says_so_and_shows_nothing_more(pipe: Shown, stop: type[BaseException]) -> None:
    with pytest.raises(stop), pipe.steps("The page") as steps, steps.step("The page") as note:
        note("npm warn deprecated")
        raise stop

    assert pipe.text.splitlines()[-1].startswith("1 of 1  The page: stopped (")


def test_what_is_noted_after_the_steps_is_told(pipe: Shown) -> None:
    with pipe.steps("The parts") as steps, steps.step("The parts"):
        steps.note("worker: ready")
    before = pipe.text

    steps.note("worker: ready again")

    assert "worker: ready" not in before
    assert pipe.text == f"{before}worker: ready again\n"
    assert "worker: ready\n" in pipe.log.read_text()


def test_a_log_that_cannot_be_kept_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file in the folder's place")

    with pytest.raises(LocalError, match="Keeping a log failed"), Shown(tmp_path, terminal=False).steps("The page"):
        pass
