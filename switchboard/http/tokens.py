"""Tokens that open one room to one caller, and LiveKit's standard token endpoint for LiveKit's own frontends."""

import secrets
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import Query, Request
from livekit import api
from pydantic import BaseModel, ConfigDict, Field

from switchboard.http.attendance import Attendance
from switchboard.http.capacity import Capacity
from switchboard.http.lines import LINE_PATTERN, Lines
from switchboard.http.rooms import PREFIX, CallRoom, Rooms
from switchboard.http.sources import Sources
from switchboard.livekit import token_of
from switchboard.settings.schema import LiveKitAccess

log = structlog.get_logger("http")

TOKEN_SECONDS = 600


class TokenRequest(BaseModel):
    """What LiveKit's client SDKs send (`TokenSourceRequest`). All is ignored: room, identity and agent are ours."""

    model_config = ConfigDict(extra="ignore")

    room_name: str | None = None
    participant_name: str | None = None
    participant_identity: str | None = None
    participant_metadata: str | None = None
    participant_attributes: dict[str, str] | None = None
    room_config: dict[str, Any] | None = None


class TokenAnswer(BaseModel):
    """What LiveKit's client SDKs expect (`TokenSourceResponse`)."""

    server_url: str = Field(description="The LiveKit server to connect to.")
    participant_token: str = Field(description="Opens one room to one caller for ten minutes.")


class TokenSigner:
    """Makes the tokens of callers."""

    def __init__(self, livekit: LiveKitAccess, rooms: Rooms) -> None:
        self._livekit = livekit
        self._rooms = rooms

    def sign(self, room: CallRoom) -> str:
        """A token for this room and its caller; a join that finds the room closed makes it anew, agent and limits."""
        grants = api.VideoGrants(
            room_join=True,
            room=room.name,
            can_publish=True,
            can_publish_sources=["microphone"],
            can_publish_data=True,
            can_subscribe=True,
            can_update_own_metadata=False,
        )
        token = token_of(self._livekit).with_identity(room.identity).with_ttl(timedelta(seconds=TOKEN_SECONDS))
        token = token.with_grants(grants)
        return token.with_room_config(self._rooms.configuration(room)).to_jwt()


class Tokens:
    """The standard endpoint. The room is made by the caller's join, so that a page that asks early costs nothing."""

    def __init__(
        self,
        signer: TokenSigner,
        lines: Lines,
        capacity: Capacity,
        attendance: Attendance,
        sources: Sources,
        server_url: str,
    ) -> None:
        self._signer = signer
        self._sources = sources
        self._lines = lines
        self._capacity = capacity
        self._attendance = attendance
        self._server_url = server_url

    async def issue(
        self,
        request: Request,
        line: Annotated[
            str | None, Query(pattern=LINE_PATTERN, description="Which line to call; the first one if none is named.")
        ] = None,
        _asked: TokenRequest | None = None,
    ) -> TokenAnswer:
        """LiveKit's standard token endpoint (`TokenSource.endpoint`). The agent comes when the caller joins."""
        source = self._sources.of(request)
        room = CallRoom(new_room(), new_identity(), self._lines.pick(line).name, source=source)
        async with self._capacity.one(source):
            pass
        self._attendance.expect(room, room, TOKEN_SECONDS)
        log.info("a token was issued", room=room.name, line=room.line)
        return TokenAnswer(server_url=self._server_url, participant_token=self._signer.sign(room))


def new_room() -> str:
    """A name that nobody can guess."""
    return f"{PREFIX}{secrets.token_hex(6)}"


def new_identity() -> str:
    return f"caller-{secrets.token_hex(4)}"
