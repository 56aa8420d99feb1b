"""LiveKit SIP and what it stands on: our build, Redis, and all three on loopback."""

import asyncio
import json
import os
import shutil
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from livekit import api
from pydantic import SecretStr

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.livekit_build import SERVER, SIP, LiveKitBuild, find_program
from stack.livekit_sip import WANTED, LiveKitSip
from stack.machine import Machine
from stack.parts import Parts
from stack.phones import Phones, provide_phones
from stack.ports import Port
from stack.redis import answers, find_redis
from switchboard.livekit import client_of
from switchboard.settings.schema import LiveKit, LiveKitAccess
from tests.stack.toolchains import GO_PACKAGE, MODULE, builds, write_go, write_program

# where there are no programs yet, the first test builds them
pytestmark = pytest.mark.timeout(900)

BUILT = "#!/bin/sh\necho livekit-sip version 0.0.0-dev\n"
ALL_LIBRARIES = "#!/bin/sh\necho 1.2.3\n"
NO_SOXR = '#!/bin/sh\n[ "$2" != soxr ] && echo 1.2.3\n'


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs."""
    return tmp_path / "tools"


@pytest.fixture
def bare(tools: Path, tmp_path: Path, said: list[str]) -> Machine:
    """A machine with nothing but `tools`, and /bin/sh for them."""
    return Machine(tmp_path / "cache", {"PATH": str(tools)}, said.append)


async def test_our_build_of_livekit_sip_uses_c(bare: Machine, tools: Path, said: list[str]) -> None:
    write_go(tools, server=BUILT)
    write_program(tools / "pkg-config", ALL_LIBRARIES)
    write_program(tools / "gcc", "")
    with bare:
        build = LiveKitBuild(bare, MODULE, GO_PACKAGE, SIP)

        assert await find_program(build, bare) == build.program
        assert await find_program(build, bare) == build.program

    assert builds(tools) == 1
    assert said[1] == "Building LiveKit SIP 1.8.0 (once; a few minutes) ..."
    assert said[-1] == f"LiveKit SIP: {build.program} (1.8.0), our cached build."


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ({"gcc": "", "pkg-config": NO_SOXR}, "libsoxr-dev"),
        ({"gcc": ""}, "pkg-config libopus-dev libopusfile-dev libsoxr-dev"),
        ({}, "gcc libc6-dev pkg-config libopus-dev libopusfile-dev libsoxr-dev"),
        ({"pkg-config": ALL_LIBRARIES}, "gcc libc6-dev"),
    ],
)
async def test_what_a_build_lacks_is_told_with_the_line_that_brings_it(
    bare: Machine, tools: Path, there: dict[str, str], missing: str
) -> None:
    write_go(tools, server=BUILT)
    for name, text in there.items():
        write_program(tools / name, text)

    with bare, pytest.raises(LocalError) as failed:
        await LiveKitBuild(bare, MODULE, GO_PACKAGE, SIP).make()

    assert str(failed.value) == f"To build LiveKit SIP this machine lacks: apt-get install {missing}"
    assert builds(tools) == 0


def test_a_machine_without_redis_is_told_what_brings_it(bare: Machine) -> None:
    with pytest.raises(LocalError, match=r"apt-get install redis-server$"):
        find_redis(bare)


def test_the_configuration_is_for_this_user_only(tmp_path: Path) -> None:
    chosen = LiveKitAccess("ws://127.0.0.1:7880", "key", SecretStr("hidden"), "switchboard")

    sip = LiveKitSip.prepare(Path("livekit-sip"), tmp_path, chosen, "127.0.0.1:6379", Port("SIP", 0, "udp").another())

    assert stat.S_IMODE(sip.config.stat().st_mode) == 0o600
    assert json.loads(sip.config.read_text())["api_secret"] == "hidden"
    assert "hidden" not in repr(sip)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_in_use_by_either_kind_is_left(tmp_path: Path, kind: socket.SocketKind) -> None:
    chosen = LiveKitAccess("ws://127.0.0.1:7880", "key", SecretStr("hidden"), "switchboard")
    with socket.socket(socket.AF_INET, kind) as busy:
        busy.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            busy.listen(1)
        number = busy.getsockname()[1]

        sip = LiveKitSip.prepare(Path("sip"), tmp_path, chosen, "127.0.0.1:6379", Port("SIP", number, "udp"))

    assert sip.port.number != number
    assert sip.address == f"127.0.0.1:{sip.port.number}"


@pytest.fixture
async def phones(tmp_path: Path, said: list[str]) -> AsyncIterator[Phones]:
    """The real three, running."""
    if os.environ.get("CI") != "true" and not shutil.which("redis-server"):
        pytest.skip("There is no redis-server: run `scripts/packages`.")
    with Machine(cache_folder(Path.home()), dict(os.environ), said.append) as machine:
        async with Parts(machine, tmp_path / "logs") as parts:
            yield await provide_phones(LiveKit(), *pinned(machine), machine, parts, tmp_path)


async def test_all_three_run_together_and_answer(phones: Phones) -> None:
    async with client_of(phones.livekit) as client:
        assert not (await client.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())).items

    assert answers(phones.redis.port.number)
    assert (await asyncio.to_thread(options, phones.sip.port.number)).startswith("SIP/2.0 200")


async def test_a_second_stack_finds_other_ports(phones: Phones, tmp_path: Path, said: list[str]) -> None:
    with Machine(cache_folder(Path.home()), dict(os.environ), said.append) as machine:
        async with Parts(machine, tmp_path / "more") as parts:
            other = await provide_phones(LiveKit(), *pinned(machine), machine, parts, tmp_path / "more")

    assert f"Port {WANTED.number} (SIP) is in use: {other.sip.port.number} is taken instead." in said
    assert other.redis.address != phones.redis.address


def pinned(machine: Machine) -> tuple[LiveKitBuild, LiveKitBuild]:
    """The builds of LiveKit's server and of LiveKit SIP."""
    return LiveKitBuild(machine, MODULE, GO_PACKAGE, SERVER), LiveKitBuild(machine, MODULE, GO_PACKAGE, SIP)


def options(port: int) -> str:
    """What a SIP service on this port of loopback says when it is asked whether it is there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.bind(("127.0.0.1", 0))
        mine = asking.getsockname()[1]
        lines = (
            f"OPTIONS sip:127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bK1",
            f"From: <sip:test@127.0.0.1:{mine}>;tag=1",
            f"To: <sip:127.0.0.1:{port}>",
            "Call-ID: test",
            "CSeq: 1 OPTIONS",
            "Max-Forwards: 70",
            "Content-Length: 0",
            "",
            "",
        )
        asking.sendto("\r\n".join(lines).encode(), ("127.0.0.1", port))
        return asking.recv(2000).decode()
