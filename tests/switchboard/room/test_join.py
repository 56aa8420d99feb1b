"""Entering a room, with a real server, and giving up meanwhile."""

import asyncio
import uuid

import pytest
from livekit import api, rtc

from switchboard.livekit import token_of
from switchboard.room.join import join
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import eventually

PATIENCE = 30.0


class Entrance:
    """A room of the server's, and somebody who is about to enter it."""

    def __init__(self, server: LiveKitServer) -> None:
        self._server = server
        self._name = f"entrance-{uuid.uuid4()}"
        self.room = rtc.Room()
        self.asked = asyncio.Event()

    async def connect(self) -> None:
        """LiveKit's client, told so that it is in the middle of it."""
        self.asked.set()
        token = token_of(self._server.access).with_identity("somebody")
        grants = api.VideoGrants(room_join=True, room=self._name)
        await self.room.connect(self._server.url, token.with_grants(grants).to_jwt())

    async def inside(self) -> list[str]:
        async with self._server.api() as livekit:
            request = api.ListParticipantsRequest(room=self._name)
            return [each.identity for each in (await livekit.room.list_participants(request)).participants]

    async def is_empty(self) -> bool:
        return not await self.inside()


@pytest.fixture
async def entrance(livekit_server: LiveKitServer) -> Entrance:  # in the test's loop, as LiveKit's room asks
    return Entrance(livekit_server)


async def test_who_enters_is_in_the_room(entrance: Entrance) -> None:
    await join(entrance.room, entrance.connect())

    assert await entrance.inside() == ["somebody"]
    await entrance.room.disconnect()


@pytest.mark.parametrize("times", [1, 3])
async def test_who_gives_up_leaves_the_room_before_that_is_over(entrance: Entrance, times: int) -> None:
    entering = asyncio.create_task(join(entrance.room, entrance.connect()))
    await entrance.asked.wait()
    for _ in range(times):
        entering.cancel()
        await asyncio.sleep(0)
    await asyncio.wait([entering], timeout=PATIENCE)

    assert entering.cancelled()
    assert entrance.room.local_participant.identity == "somebody"
    assert not entrance.room.isconnected()
    await eventually(entrance.is_empty)  # the server hears of it a moment later


async def test_what_the_client_raises_is_raised() -> None:
    async def refuse() -> None:
        raise rtc.ConnectError("not today")

    with pytest.raises(rtc.ConnectError, match="not today"):
        await join(rtc.Room(), refuse())


async def test_who_gives_up_an_entering_that_fails_later_has_given_up() -> None:
    given_up = asyncio.Event()

    async def refuse() -> None:
        await given_up.wait()
        raise rtc.ConnectError("not today")

    entering = asyncio.create_task(join(rtc.Room(), refuse()))
    await asyncio.sleep(0)
    entering.cancel()
    given_up.set()
    await asyncio.wait([entering], timeout=PATIENCE)

    assert entering.cancelled()
