"""A room has one agent: who was there first, who is dead, and who was away too long."""

import asyncio
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from livekit import api, rtc
from livekit.agents.types import ATTRIBUTE_AGENT_NAME
from livekit.protocol.agent import Job

from switchboard.livekit import client_of, token_of
from switchboard.room import seat
from switchboard.room.join import join
from switchboard.room.seat import Seat
from switchboard.settings.schema import LiveKitAccess
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]

NAME = "switchboard"
NOWHERE = "ws://127.0.0.1:1"
SIT = """
import asyncio, sys
from livekit import rtc

async def sit():
    room = rtc.Room()
    await room.connect(*sys.argv[1:])
    print("in", flush=True)
    await asyncio.Event().wait()

asyncio.run(sit())
"""


@dataclass
class Place:
    """A room with whoever a test lets in."""

    access: LiveKitAccess
    server: api.LiveKitAPI
    room: api.Room
    rooms: list[rtc.Room] = field(default_factory=list)

    @property
    def job(self) -> Job:
        return Job(room=self.room, agent_name=NAME)

    @property
    def seat(self) -> Seat:
        return Seat(self.server, self.job)

    def token(self, identity: str, name: str = NAME) -> str:
        grants = api.VideoGrants(room_join=True, room=self.room.name, agent=True)
        token = token_of(self.access).with_identity(identity).with_kind("agent").with_grants(grants)
        return token.with_attributes({ATTRIBUTE_AGENT_NAME: name}).to_jwt()

    async def joins(self, identity: str, name: str = NAME) -> bool:
        """Let that agent in; whether the seat was free."""
        room = rtc.Room()
        self.rooms.append(room)
        return await join(room, self.seat.take(room, lambda: room.connect(self.access.url, self.token(identity, name))))


@pytest.fixture
async def place(livekit_server: LiveKitServer) -> AsyncIterator[Place]:
    async with livekit_server.api() as server:
        room = await server.room.create_room(api.CreateRoomRequest(name=f"call-{secrets.token_hex(6)}"))
        place = Place(livekit_server.access, server, room)
        yield place
        await asyncio.gather(*(each.disconnect() for each in place.rooms))


async def test_of_agents_who_come_at_once_one_finds_the_seat_free(place: Place) -> None:
    found = await asyncio.gather(*(place.joins(f"agent-{number}") for number in range(6)))

    assert sorted(found) == [False] * 5 + [True]


async def test_an_agent_of_another_name_leaves_the_seat_free(place: Place) -> None:
    await place.joins("scribe", "scribe")

    assert await place.seat.free()
    assert await place.joins("agent")


async def test_a_seat_that_is_taken_becomes_free_when_its_agent_goes(place: Place) -> None:
    await place.joins("agent")
    waiting = asyncio.create_task(place.seat.free())
    done, _ = await asyncio.wait([waiting], timeout=2 * seat.LOOK_SECONDS)
    assert not done

    await place.rooms[0].disconnect()

    assert await waiting


async def test_a_living_agent_keeps_the_seat(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat, "GHOST_SECONDS", 1.0)
    await place.joins("agent")

    assert not await place.seat.free()


async def test_a_killed_agent_has_it_for_as_long_as_the_server_takes_it_for_alive(place: Place) -> None:
    command = (sys.executable, "-c", SIT, place.access.url, place.token("agent"))
    agent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert agent.stdout
    assert await agent.stdout.readline() == b"in\n"
    agent.send_signal(signal.SIGKILL)
    await agent.wait()

    assert await place.seat.free()
    assert await place.joins("next")


@pytest.mark.parametrize("again", [False, True], ids=["closed", "made anew"])
async def test_a_room_that_is_no_more_has_no_seat(place: Place, again: bool) -> None:
    await place.server.room.delete_room(api.DeleteRoomRequest(room=place.room.name))
    if again:
        await place.server.room.create_room(api.CreateRoomRequest(name=place.room.name))

    assert not await place.seat.free()
    assert await place.seat.lost("agent")


async def test_who_was_away_has_lost_the_seat_to_who_came_meanwhile(place: Place) -> None:
    await place.joins("agent")
    assert not await place.seat.lost("agent")
    await place.rooms[0].disconnect()
    assert not await place.seat.lost("agent"), "nobody else has it"

    await place.joins("next")
    assert await place.seat.lost("agent")
    await place.joins("agent")
    assert await place.seat.lost("agent")
    assert not await place.seat.lost("next"), "who comes back is the second one now"


async def test_a_server_that_does_not_answer_keeps_nobody_out_and_takes_no_seat_away(place: Place) -> None:
    nowhere = LiveKitAccess(NOWHERE, place.access.key, place.access.secret, NAME)
    async with client_of(nowhere) as server:
        assert await Seat(server, place.job).free()
        assert await Seat(server, place.job).lost("agent") is None


class Hesitant:
    """A server that does not close a room when it is asked for the first time."""

    def __init__(self, server: api.LiveKitAPI) -> None:
        self._rooms = server.room
        self._asked = False
        self.room = self

    async def delete_room(self, request: api.DeleteRoomRequest) -> None:
        """It says nothing; the next time it does it."""
        if not self._asked:
            self._asked = True
            raise TimeoutError
        await self._rooms.delete_room(request)

    async def list_rooms(self, request: api.ListRoomsRequest) -> api.ListRoomsResponse:
        return await self._rooms.list_rooms(request)


@pytest.mark.parametrize("same", [True, False])
async def test_a_server_that_does_not_close_a_room_is_asked_again_unless_the_room_is_another_by_now(
    place: Place, same: bool
) -> None:
    room = place.room if same else api.Room(name=place.room.name, sid="RM_before")
    seat = Seat(Hesitant(place.server), Job(room=room, agent_name=NAME))  # type: ignore[arg-type]  # as far as is asked
    await seat.close_room()

    left = (await place.server.room.list_rooms(api.ListRoomsRequest(names=[place.room.name]))).rooms
    assert bool(left) is not same
