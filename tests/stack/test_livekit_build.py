"""Our own build of LiveKit's server."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stack.errors import LocalError
from stack.livekit_build import LiveKitBuild, find_program
from stack.machine import Machine
from tests.stack.toolchains import GO_PACKAGE, MODULE, builds, write_go, write_program


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs, the only one on the PATH."""
    return tmp_path / "tools"


@pytest.fixture
def environ(tools: Path) -> dict[str, str]:
    return {"PATH": str(tools)}


@pytest.fixture
def build(machine: Machine) -> LiveKitBuild:
    return LiveKitBuild(machine, MODULE, GO_PACKAGE)


async def test_a_build_shows_its_progress_and_says_what_was_taken(
    machine: Machine, build: LiveKitBuild, tools: Path, said: list[str]
) -> None:
    write_go(tools)

    assert await find_program(build, machine) == build.program
    assert said[:3] == [
        f"Go: 1.26.8 of this machine ({tools}/go).",
        "Building the LiveKit server 1.13.5 (once; a few minutes) ...",
        "  go: downloading example.com/thing v1.2.3",
    ]
    assert said[3].startswith("The LiveKit server is built (")
    assert said[4] == f"LiveKit server: {build.program} (1.13.5), built now."


async def test_what_was_built_is_taken_from_the_cache(
    machine: Machine, build: LiveKitBuild, tools: Path, said: list[str]
) -> None:
    write_go(tools)
    await build.make()
    said.clear()

    assert await find_program(build, machine) == build.program
    assert builds(tools) == 1
    assert said == [f"LiveKit server: {build.program} (1.13.5), our cached build."]


async def test_a_server_on_the_path_goes_before_our_build(
    machine: Machine, build: LiveKitBuild, tools: Path, said: list[str]
) -> None:
    program = write_program(tools / "livekit-server", "#!/bin/sh\necho livekit-server version 1.9.0\n")

    assert await find_program(build, machine) == program
    assert said == [f"LiveKit server: {program} (1.9.0), from the PATH."]


async def test_a_server_on_the_path_that_does_not_run_is_passed_over(
    machine: Machine, build: LiveKitBuild, tools: Path, said: list[str]
) -> None:
    program = write_program(tools / "livekit-server", "not a program")
    write_go(tools)

    assert await find_program(build, machine) == build.program
    assert said[0] == f"LiveKit server: {program} does not run; passed over."


def empty(program: Path) -> None:
    program.write_bytes(b"")


def half(program: Path) -> None:
    program.write_bytes(program.read_bytes()[:10])


def another(program: Path) -> None:
    shutil.copy("/bin/true", program)


def no_checksum(program: Path) -> None:
    program.with_name("sha256").unlink()


def gone(program: Path) -> None:
    program.unlink()


def a_folder(program: Path) -> None:
    program.unlink()
    program.mkdir()


def a_file_for_the_folder(program: Path) -> None:
    shutil.rmtree(program.parent)
    program.parent.write_text("")


@pytest.mark.parametrize("damage", [empty, half, another, no_checksum, gone, a_folder, a_file_for_the_folder])
async def test_a_broken_cache_is_built_anew(
    machine: Machine, build: LiveKitBuild, tools: Path, damage: Callable[[Path], None]
) -> None:
    write_go(tools)
    await build.make()
    damage(build.program)
    assert not build.whole

    await find_program(build, machine)

    assert build.whole
    assert builds(tools) == 2
    assert await machine.version(build.program, "--version") == "1.13.5"


async def test_what_a_killed_build_left_is_removed(machine: Machine, build: LiveKitBuild, tools: Path) -> None:
    write_go(tools)
    left = build.program.parent.with_name(f"{build.program.parent.name}.new") / "livekit-server"
    write_program(left, "half a build")

    await build.make()

    assert build.whole
    assert not left.parent.exists()


async def test_two_processes_build_once(environ: dict[str, str], tools: Path, tmp_path: Path) -> None:
    write_go(tools)
    program = """
import asyncio, pathlib, sys
from stack.livekit_build import LiveKitBuild
from stack.machine import Machine

with Machine(pathlib.Path(sys.argv[1]), {"PATH": sys.argv[2]}, print) as machine:
    asyncio.run(LiveKitBuild(machine, pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])).make())
"""
    command = (sys.executable, "-c", program, str(tmp_path / "cache"), str(tools), str(MODULE), str(GO_PACKAGE))
    both = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]

    assert [await process.wait() for process in both] == [0, 0]
    assert builds(tools) == 1


async def test_one_who_waits_for_a_build_is_told(
    machine: Machine, build: LiveKitBuild, tools: Path, tmp_path: Path
) -> None:
    os.mkfifo(go_on := tmp_path / "go on")
    write_go(tools, build=f"open({str(go_on)!r}).read()")
    waiting = asyncio.Event()

    def say(line: str) -> None:
        if line == "The LiveKit server is being built by another process ...":
            waiting.set()

    machine.note = say
    both = asyncio.gather(build.make(), build.make())
    await waiting.wait()
    await asyncio.to_thread(go_on.write_text, "")
    await both

    assert builds(tools) == 1


async def test_a_build_that_fails_is_told_in_one_line_and_leaves_no_program(build: LiveKitBuild, tools: Path) -> None:
    write_go(tools, build="sys.exit('go: example.com/thing@v1.2.3: dial tcp: no such host')")

    with pytest.raises(LocalError) as failed:
        await build.make()

    why = "go: example.com/thing@v1.2.3: dial tcp: no such host"
    assert str(failed.value) == f"Building the LiveKit server failed (exit code 1): {why}"
    assert not build.program.parent.exists()


async def test_a_build_that_makes_another_version_is_refused(build: LiveKitBuild, tools: Path) -> None:
    write_go(tools, server="#!/bin/sh\necho livekit-server version 1.0.0\n")

    with pytest.raises(LocalError, match=r"made a program that says it is 1\.0\.0, not 1\.13\.5\.$"):
        await build.make()

    assert not build.whole


def test_another_module_has_a_build_of_its_own(machine: Machine, tmp_path: Path, build: LiveKitBuild) -> None:
    other = tmp_path / "module"
    shutil.copytree(MODULE, other)
    (other / "go.sum").write_text("example.com/thing v1.2.3 h1:x\n")

    assert LiveKitBuild(machine, other, GO_PACKAGE).program != build.program


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_the_pinned_module_builds_and_its_server_runs(tmp_path: Path, said: list[str]) -> None:
    with Machine(tmp_path / "cache", dict(os.environ), said.append) as machine:
        build = LiveKitBuild(machine, MODULE, GO_PACKAGE)
        await build.make()

        assert build.whole
        assert await machine.version(build.program, "--version") == build.version
