"""LiveKit's rooms as the web app asks for them."""

from collections.abc import AsyncIterator

import pytest
from livekit import api

from switchboard.http.errors import LiveKitDown
from switchboard.http.rooms import CallRoom, Rooms
from switchboard.livekit import token_of
from switchboard.settings.schema import Limits
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import Guests
from tests.switchboard.http.test_app import NOWHERE

LIMITS = Limits(wait_seconds=71, grace_seconds=37)
ROOM = CallRoom("call-1", "caller-1", "support-line")


@pytest.fixture
async def rooms(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> AsyncIterator[Rooms]:
    async with Rooms(livekit_server.access, LIMITS) as rooms:
        yield rooms


@pytest.mark.parametrize("made_by", ["us", "the caller's join"])
async def test_a_room_has_the_limits_of_the_settings_whoever_makes_it(
    rooms: Rooms, guests: Guests, livekit_server: LiveKitServer, made_by: str
) -> None:
    if made_by == "us":
        await rooms.create(ROOM)
    else:
        token = token_of(livekit_server.access).with_identity(ROOM.identity)
        token = token.with_grants(api.VideoGrants(room_join=True, room=ROOM.name))
        await guests.join(token.with_room_config(rooms.configuration(ROOM)).to_jwt())
    made = (await rooms.alive())[ROOM.name]

    assert (made.max_participants, made.empty_timeout, made.departure_timeout) == (1, 76, 42)


async def test_a_room_that_is_no_more_has_no_agent_and_can_be_ended_again(rooms: Rooms) -> None:
    assert not await rooms.exists(ROOM.name)
    assert not await rooms.has_agent(ROOM.name)
    await rooms.end(ROOM.name)


async def test_without_livekit_it_is_told_when_to_ask_again() -> None:
    async with Rooms(NOWHERE, LIMITS) as rooms:
        for asked in (rooms.alive(), rooms.exists("x"), rooms.end("x"), rooms.has_agent("x"), rooms.create(ROOM)):
            with pytest.raises(LiveKitDown) as down:
                await asked
            assert down.value.headers == {"Retry-After": "5"}
