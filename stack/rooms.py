"""The calls on a LiveKit server of our own."""

import asyncio
from contextlib import suppress

import aiohttp
from livekit import api

from switchboard.livekit import client_of
from switchboard.settings.schema import LiveKitAccess

PATIENCE = 2.0


async def close_rooms(server: LiveKitAccess) -> None:
    """Hang up every call, so that nobody waits for callers to leave. A server that is gone has none."""
    with suppress(aiohttp.ClientError, api.TwirpError, TimeoutError):
        async with asyncio.timeout(PATIENCE), client_of(server) as livekit:
            for room in (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms:
                await livekit.room.delete_room(api.DeleteRoomRequest(room=room.name))
