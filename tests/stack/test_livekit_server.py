"""LiveKit's server on loopback: the real one."""

import asyncio
import json
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from livekit import api, rtc
from pydantic import SecretStr

from stack.livekit_build import LiveKitBuild
from stack.livekit_server import LiveKitServer, provide_server, start_server
from stack.machine import Machine
from stack.parts import Part, PartError, Parts
from stack.ports import EVERY_ADDRESS, Port
from stack.readiness import http_ok
from switchboard.livekit import client_of
from switchboard.settings.schema import LiveKit, LiveKitAccess
from tests.stack.toolchains import GO_PACKAGE, MODULE, write_program

# where there is no server yet, the first test builds one
pytestmark = pytest.mark.timeout(900)

ANY = (
    Port("LiveKit", 0),
    Port("LiveKit's audio over TCP", 0, host=EVERY_ADDRESS),
    Port("LiveKit's audio over UDP", 0, kind="udp"),
)


@pytest.fixture
def any_ports() -> tuple[Port, ...]:
    """Ports that are free just now, so that nobody's server is in the way."""
    ports: list[Port] = []
    for port in ANY:
        ports.append(port.another([taken.number for taken in ports]))
    return tuple(ports)


@pytest.fixture
def parts(machine: Machine, tmp_path: Path) -> Parts:
    return Parts(machine, tmp_path / "logs")


@pytest.fixture
def server(livekit_program: Path, machine: Machine, tmp_path: Path, any_ports: tuple[Port, ...]) -> LiveKitServer:
    return LiveKitServer.prepare(livekit_program, tmp_path, machine, any_ports)


async def rooms(access: LiveKitAccess) -> list[str]:
    """Make a room and list all, as a client with these settings would."""
    async with client_of(access) as client:
        await client.room.create_room(api.CreateRoomRequest(name="call-1"))
        return [room.name for room in (await client.room.list_rooms(api.ListRoomsRequest())).rooms]


async def test_the_server_takes_the_key_and_secret_of_its_start(server: LiveKitServer, parts: Parts) -> None:
    access = server.access("mine")
    async with parts:
        await parts.start(server.part)

        assert await rooms(access) == ["call-1"]
        assert access.agent_name == "mine"

    assert all(port.free for port in server.ports)


async def test_every_start_has_a_secret_of_its_own_that_only_this_user_can_read(
    machine: Machine, tmp_path: Path, any_ports: tuple[Port, ...]
) -> None:
    first = LiveKitServer.prepare(Path("livekit-server"), tmp_path, machine, any_ports)
    second = LiveKitServer.prepare(Path("livekit-server"), tmp_path, machine, any_ports)

    assert first.secret != second.secret
    assert len(second.secret.get_secret_value()) >= 32
    assert stat.S_IMODE(second.config.stat().st_mode) == 0o600
    assert json.loads(second.config.read_text())["keys"] == {"switchboard": second.secret.get_secret_value()}
    assert second.secret.get_secret_value() not in repr(second)


async def test_the_same_server_can_be_started_again(server: LiveKitServer, parts: Parts) -> None:
    async with parts:
        await parts.start(server.part)
        await parts.stop("livekit", at_once=True)
        await parts.start(server.part)

        assert await rooms(server.access("mine")) == ["call-1"]


async def test_the_server_stops_at_once_though_a_caller_is_still_there(
    server: LiveKitServer, parts: Parts, said: list[str]
) -> None:
    caller = rtc.Room()
    async with parts:
        await parts.start(server.part)
        secret = server.secret.get_secret_value()
        token = api.AccessToken("switchboard", secret).with_identity("caller-1")
        grants = api.VideoGrants(room_join=True, room="call-1")
        await caller.connect(f"ws://127.0.0.1:{server.ports[0].number}", token.with_grants(grants).to_jwt())
        began = time.monotonic()

    assert time.monotonic() - began < server.part.stop_seconds
    assert len(said) == 1  # that it was ready, and not that it had to be killed
    await caller.disconnect()


async def test_a_port_in_use_is_told_and_another_taken(
    livekit_program: Path, machine: Machine, parts: Parts, tmp_path: Path, any_ports: tuple[Port, ...], said: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        number = busy.getsockname()[1]
        wanted = (Port("LiveKit", number), *any_ports[1:])
        server = LiveKitServer.prepare(livekit_program, tmp_path, machine, wanted)
        async with parts:
            await parts.start(server.part)

            assert await rooms(server.access("mine")) == ["call-1"]

    assert said[0] == f"Port {number} (LiveKit) is in use: {server.ports[0].number} is taken instead."


async def test_somebody_elses_server_on_the_port_is_not_taken_for_ours(
    server: LiveKitServer, machine: Machine, parts: Parts, tmp_path: Path
) -> None:
    async with parts:
        await parts.start(server.part)
        other = LiveKitServer(server.program, server.config, server.ports, SecretStr("x" * 32))

        assert await http_ok(f"http://127.0.0.1:{server.ports[0].number}")(tmp_path)
        assert not await other.part.ready(tmp_path)


@pytest.fixture
def thief(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[socket.socket]]:
    """Takes the first port that a server has chosen, before it starts; once."""
    taken: list[socket.socket] = []
    start = Parts.start

    async def steal_first(parts: Parts, part: Part) -> None:
        if not taken:
            settings = json.loads(await asyncio.to_thread(Path(part.command[-1]).read_text))
            taken.append(socket.create_server(("127.0.0.1", settings["port"])))
        await start(parts, part)

    monkeypatch.setattr(Parts, "start", steal_first)
    yield taken
    for each in taken:
        each.close()


async def test_a_port_that_is_taken_before_the_server_starts_is_given_up(
    livekit_program: Path, machine: Machine, parts: Parts, tmp_path: Path, thief: list[socket.socket], said: list[str]
) -> None:
    async with parts:
        server = await start_server(livekit_program, machine, parts, tmp_path)

        assert server.ports[0].number != thief[0].getsockname()[1]
        assert await rooms(server.access("mine")) == ["call-1"]


async def test_a_server_that_cannot_run_is_tried_once(machine: Machine, parts: Parts, tmp_path: Path) -> None:
    program = write_program(tmp_path / "server", "#!/bin/sh\necho run >> $0.runs; echo no such flag; exit 1\n")

    with pytest.raises(PartError, match=r"^livekit ended by itself \(exit code 1\): no such flag "):
        async with parts:
            await start_server(program, machine, parts, tmp_path)

    assert (tmp_path / "server.runs").read_text() == "run\n"


async def test_a_server_that_is_set_is_used(machine: Machine, parts: Parts, tmp_path: Path, said: list[str]) -> None:
    chosen = LiveKit(url="wss://mine.livekit.cloud", api_key=SecretStr("key"), api_secret=SecretStr("secret"))
    build = LiveKitBuild(machine, MODULE, GO_PACKAGE)
    async with parts:
        assert await provide_server(chosen, build, machine, parts, tmp_path) == chosen.access

    assert said == ["LiveKit server: wss://mine.livekit.cloud (LIVEKIT_URL)."]


async def test_a_server_is_found_and_started_where_none_is_set(
    livekit_program: Path, machine: Machine, parts: Parts, tmp_path: Path, said: list[str]
) -> None:
    machine.environ = {**machine.environ, **machine.path_with(livekit_program.parent)}
    build = LiveKitBuild(machine, MODULE, GO_PACKAGE)
    async with parts:
        access = await provide_server(LiveKit(), build, machine, parts, tmp_path)

        assert await rooms(access) == ["call-1"]
    assert said[0] == f"LiveKit server: {livekit_program} (1.13.5), from the PATH."
