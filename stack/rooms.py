"""The calls on a LiveKit server of our own."""

import asyncio
from contextlib import suppress

import aiohttp
from livekit import api

from switchboard.settings.schema import LiveKit

PATIENCE = 2.0


async def close_rooms(server: LiveKit) -> None:
    """Hang up every call, so that nobody waits for callers to leave. A server that is gone has none."""
    key, secret = (value.get_secret_value() if value else None for value in (server.api_key, server.api_secret))
    with suppress(aiohttp.ClientError, api.TwirpError, TimeoutError):
        async with asyncio.timeout(PATIENCE), api.LiveKitAPI(server.url, key, secret) as livekit:
            for room in (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms:
                await livekit.room.delete_room(api.DeleteRoomRequest(room=room.name))
