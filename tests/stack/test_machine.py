"""Programs that are run to their end."""

import asyncio
import sys
from pathlib import Path

import pytest

from stack.errors import LocalError
from stack.machine import Machine, at_least
from tests.stack.processes import STUBBORN, child_of, wait_for_end
from tests.stack.toolchains import write_program


async def test_each_line_of_a_program_is_told(machine: Machine, said: list[str]) -> None:
    await machine.run((sys.executable, "-c", "print('one'); print(); print('two')"), "Counting")

    assert said == ["  one", "  two"]


async def test_a_program_that_fails_is_told_in_one_line_with_the_first_error(machine: Machine) -> None:
    lines = ["packages: multierror", "npm error code E404", "npm error 404 Not Found", "npm error A complete log"]
    program = f"print(*{lines}, sep=chr(10)); raise SystemExit(3)"

    with pytest.raises(LocalError) as failed:
        await machine.run((sys.executable, "-c", program), "npm ci")

    assert str(failed.value) == "npm ci failed (exit code 3): npm error 404 Not Found"


async def test_a_program_that_fails_without_an_error_is_told_by_its_last_line(machine: Machine) -> None:
    with pytest.raises(LocalError, match=r"^Asking failed \(exit code 1\): dial tcp: no such host$"):
        await machine.run((sys.executable, "-c", "print('go'); raise SystemExit('dial tcp: no such host')"), "Asking")


async def test_a_program_that_is_not_there_is_told_in_one_line(machine: Machine) -> None:
    with pytest.raises(LocalError, match=r"^Building failed: /none/go cannot be started: No such file or directory\.$"):
        await machine.run(("/none/go", "build"), "Building")


async def test_programs_get_the_environment_they_are_given(machine: Machine, said: list[str]) -> None:
    machine.environ = {"NAME": "a", "OTHER": "b"}

    await machine.run(("/usr/bin/env",), "Looking", more={"NAME": "c"})

    assert said == ["  NAME=c", "  OTHER=b"]


async def test_a_cancelled_run_leaves_nothing_behind(machine: Machine, said: list[str], tmp_path: Path) -> None:
    started = asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        if "ready" in said[-1]:
            started.set()

    machine.note = say
    task = asyncio.create_task(machine.run((sys.executable, "-c", STUBBORN), "Building"))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    log = tmp_path / "log"
    log.write_text("\n".join(said))
    wait_for_end(child_of(log))


@pytest.mark.parametrize("text", ["", "#!/bin/sh\necho 1.2.3; exit 1\n", "#!/bin/sh\necho hello\n", "\x7fELF"])
async def test_a_program_that_does_not_work_has_no_version(machine: Machine, tmp_path: Path, text: str) -> None:
    assert await machine.version(write_program(tmp_path / "tool", text)) is None


async def test_a_program_is_asked_for_its_version(machine: Machine, tmp_path: Path) -> None:
    assert await machine.version(write_program(tmp_path / "go", "#!/bin/sh\necho go1.26.8\n")) == "1.26.8"


def test_versions_are_compared_as_numbers() -> None:
    assert at_least("1.26.8", "1.26")
    assert at_least("1.100", "1.26")
    assert not at_least("1.9.9", "1.26")


def test_only_the_path_of_the_environment_is_searched(machine: Machine, tmp_path: Path) -> None:
    machine.environ = {"PATH": str(tmp_path)}
    tool = write_program(tmp_path / "tool", "")

    assert machine.find("tool") == tool
    assert machine.find("sh") is None
