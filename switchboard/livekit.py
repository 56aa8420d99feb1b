"""Clients and tokens of the LiveKit server that the settings name, and how it behaves."""

import asyncio
import time

import aiohttp
import structlog
from livekit import api
from livekit.protocol.models import Room

from switchboard.settings.schema import LiveKitAccess

log = structlog.get_logger(__name__)

GHOST_SECONDS = 25.0
"""An agent whose worker was killed is listed for some 20 s more: who is listed for longer than this is no dead one."""

PHONE_ROOMS = "phone-"
"""How the names of the rooms of phone calls begin."""

CLOSINGS = 4
"""How often a server is asked to close a room that does not say that it has."""
CLOSING_SECONDS = 2.0
AGAIN_SECONDS = 0.5


def client_of(livekit: LiveKitAccess) -> api.LiveKitAPI:
    """A client with all rights; close it."""
    return api.LiveKitAPI(livekit.url, livekit.key, livekit.secret.get_secret_value())


def token_of(livekit: LiveKitAccess) -> api.AccessToken:
    """A token that the server takes, without any rights yet."""
    return api.AccessToken(livekit.key, livekit.secret.get_secret_value())


def age(room: Room) -> float:
    """Seconds since the server has made it, if its clock and ours agree."""
    return time.time() - (room.creation_time_ms / 1000 or room.creation_time)


async def close_room(server: api.LiveKitAPI, name: str, sid: str | None = None) -> bool:
    """Send away whoever is in the room, a phone as well, and remove it; whether that is done, in some 10 s at most.

    Who is left in a room without an agent hears nothing until they hang up themselves: a server that does not answer is
    asked again. With `sid`, not once the room of that name is another.
    """
    for attempt in range(CLOSINGS):
        if attempt:
            await asyncio.sleep(AGAIN_SECONDS)
        try:
            async with asyncio.timeout(CLOSING_SECONDS):  # the client's own timeout never acts
                if not attempt or await _is_there(server, name, sid):
                    await server.room.delete_room(api.DeleteRoomRequest(room=name))
            return True
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            if isinstance(error, api.TwirpError) and error.code == api.TwirpErrorCode.NOT_FOUND:
                return True
            log.warning("a room was not closed", attempt=attempt + 1, error=type(error).__name__)
    return False


async def _is_there(server: api.LiveKitAPI, name: str, sid: str | None) -> bool:
    listed = await server.room.list_rooms(api.ListRoomsRequest(names=[name]))
    return any(sid in (None, room.sid) for room in listed.rooms)
