"""The number of the phone in a room, before anybody else is there: LiveKit SIP lets the caller in first."""

import asyncio

import aiohttp
import structlog
from livekit import api
from livekit.protocol.models import ParticipantInfo

from switchboard.room.caller import NUMBER

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 1.0


async def number_in(server: api.LiveKitAPI, room: str) -> str | None:
    """Which number calls; None if it is hidden, nobody is on the phone, or the server does not tell in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
    except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("it is not known which number calls", error=type(error).__name__)
        return None
    phones = (one for one in listed.participants if one.kind == ParticipantInfo.Kind.SIP)
    return next((number for one in phones if (number := one.attributes.get(NUMBER))), None)
