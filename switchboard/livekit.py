"""Clients and tokens of the LiveKit server that the settings name, and how it behaves."""

import time

from livekit import api
from livekit.protocol.models import Room

from switchboard.settings.schema import LiveKitAccess

GHOST_SECONDS = 25.0
"""An agent whose worker was killed is listed for some 20 s more: who is listed for longer than this is no dead one."""

PHONE_ROOMS = "phone-"
"""How the names of the rooms of phone calls begin."""


def client_of(livekit: LiveKitAccess) -> api.LiveKitAPI:
    """A client with all rights; close it."""
    return api.LiveKitAPI(livekit.url, livekit.key, livekit.secret.get_secret_value())


def token_of(livekit: LiveKitAccess) -> api.AccessToken:
    """A token that the server takes, without any rights yet."""
    return api.AccessToken(livekit.key, livekit.secret.get_secret_value())


def age(room: Room) -> float:
    """Seconds since the server has made it, if its clock and ours agree."""
    return time.time() - (room.creation_time_ms / 1000 or room.creation_time)
