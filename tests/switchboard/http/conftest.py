"""A house, callers, and LiveKit's own view of the rooms."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from livekit import api

from tests.livekit import LiveKitServer, livekit_server
from tests.switchboard.http.house import Guests, House, open_house

__all__ = ["livekit_server"]


@pytest.fixture
async def livekit(livekit_server: LiveKitServer) -> AsyncIterator[api.LiveKitAPI]:
    """LiveKit's API; the rooms of the test are removed after it."""
    async with livekit_server.api() as client:
        yield client
        for room in (await client.room.list_rooms(api.ListRoomsRequest())).rooms:
            await client.room.delete_room(api.DeleteRoomRequest(room=room.name))


@pytest.fixture
async def house(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> AsyncIterator[House]:
    async with open_house(livekit_server.access) as house:
        yield house


@pytest.fixture
async def caller(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with house.caller() as client:
        yield client


@pytest.fixture
async def guests(livekit_server: LiveKitServer) -> AsyncIterator[Guests]:
    guests = Guests(livekit_server.access)
    yield guests
    await guests.aclose()
