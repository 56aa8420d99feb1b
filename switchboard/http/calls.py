"""Calls as our page makes them: the agent is called when the call is asked for, and a resume token leads back to it."""

import asyncio
import time
from typing import Annotated

import structlog
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from switchboard.call.source import Source
from switchboard.http.attendance import Attendance
from switchboard.http.auth import owner_of
from switchboard.http.capacity import Capacity
from switchboard.http.comebacks import Comebacks
from switchboard.http.errors import LineUnknown, LiveKitDown, ResumeRefused
from switchboard.http.lines import LINE_PATTERN, Lines
from switchboard.http.resume_tokens import ResumeToken, ResumeTokens
from switchboard.http.rooms import CallRoom, Rooms
from switchboard.http.sources import Sources
from switchboard.http.tokens import TOKEN_SECONDS, TokenSigner, new_identity, new_room

log = structlog.get_logger("http")

PATIENCE_SECONDS, PAUSE_SECONDS = 4.0, 0.5
"""A LiveKit that starts, or whose machine is short of breath, is not worth a caller's second try."""

TokenText = Annotated[str, Field(min_length=1, max_length=2048, description="As it was given with the call.")]


class CallRequest(BaseModel):
    """Which line to call; the first one if none is named."""

    model_config = ConfigDict(extra="forbid")

    line: Annotated[str, Field(pattern=LINE_PATTERN)] | None = None


class ResumeRequest(BaseModel):
    """Which call to come back to."""

    model_config = ConfigDict(extra="forbid")

    resume_token: TokenText
    attempt: Annotated[str, Field(min_length=16, max_length=64)] | None = Field(
        default=None,
        description="Anything that nobody can guess. A resume token is good once; with the same attempt it is good "
        "again, until the one that took its place is used: for an answer that was lost.",
    )
    fresh: bool = Field(default=False, description="The room is no good (its agent is gone): go on in a new one.")


class EndRequest(BaseModel):
    """Which call to end."""

    model_config = ConfigDict(extra="forbid")

    resume_token: TokenText


class CallAnswer(BaseModel):
    """A call: where to connect, and the resume token that leads back to it."""

    id: str = Field(description="The room's name.", examples=["call-1f0c8a52b7de"])
    line: str
    server_url: str = Field(description="The LiveKit server to connect to.")
    participant_token: str = Field(description="Opens the room to this caller.")
    resume_token: str = Field(description="Keep it in the place of the one before: it leads back to the call, once.")
    expires_in: int = Field(description="Seconds for which the participant token is good.", examples=[TOKEN_SECONDS])


class Calls:
    """The `calls` resource."""

    def __init__(
        self,
        rooms: Rooms,
        lines: Lines,
        capacity: Capacity,
        attendance: Attendance,
        signer: TokenSigner,
        tokens: ResumeTokens,
        comebacks: Comebacks,
        sources: Sources,
        server_url: str,
    ) -> None:
        self._rooms = rooms
        self._lines = lines
        self._capacity = capacity
        self._attendance = attendance
        self._signer = signer
        self._tokens = tokens
        self._comebacks = comebacks
        self._sources = sources
        self._server_url = server_url

    async def start(self, request: Request, asked: CallRequest | None = None) -> CallAnswer:
        """Start a call. Its agent is on the way when this answers; connect soon."""
        line = self._lines.pick(asked.line if asked else None).name
        name = new_room()
        token = ResumeToken(call=name, room=name, identity=new_identity(), line=line, owner=owner_of(request))
        source = self._sources.of(request)
        await self._open(token, CallRoom(name, token.identity, line, warm=True, source=source))
        return self._answer(token, source)

    async def resume(self, request: Request, asked: ResumeRequest) -> CallAnswer:
        """Come back to a call: to its room, or to a new one where the call goes on if the room is gone."""
        token, source = self._read(asked.resume_token, request), self._sources.of(request)
        stays = not asked.fresh and await self._rooms.exists(token.room)
        following = self._tokens.following(token, moves=not stays)
        async with self._comebacks.using(token, following, asked.attempt):
            if asked.fresh:
                await self._close(token.room)
            if stays:
                self._attendance.doubt(_room(following, source), TOKEN_SECONDS)
            else:
                await self._open(following, _room(following, source, warm=True), instead_of=token.room)
        log.info("a caller comes back", room=following.room)
        return self._answer(following, source)

    async def end(self, request: Request, asked: EndRequest) -> None:
        """End a call, for good: nobody comes back to it. It is no error if it has ended."""
        token = self._read(asked.resume_token, request)
        room = token.room
        try:
            room = await self._comebacks.hang_up(token)
        finally:
            await self._close(room)
        log.info("a caller ended the call", room=room)

    def _read(self, text: str, request: Request) -> ResumeToken:
        token = self._tokens.read(text, owner_of(request))
        try:
            self._lines.pick(token.line)
        except LineUnknown:
            raise ResumeRefused from None
        return token

    async def _open(self, token: ResumeToken, room: CallRoom, instead_of: str = "") -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            last = time.monotonic() > until
            try:
                async with self._capacity.one(room.source, instead_of):
                    await self._rooms.create(room)  # asking again does no harm: a room that is there stays as it is
                break
            except LiveKitDown:
                if last:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)
        self._attendance.expect(room, _room(token, room.source), TOKEN_SECONDS, admitted=True)
        log.info("a call was asked for", room=room.name, line=room.line, moves=token.moves)

    async def _close(self, name: str) -> None:
        await self._attendance.release(name)
        await self._rooms.end(name)

    def _answer(self, token: ResumeToken, source: Source) -> CallAnswer:
        # A join that has to make the room anew finds the call's agent gone: the next one takes up the call.
        return CallAnswer(
            id=token.room,
            line=token.line,
            server_url=self._server_url,
            participant_token=self._signer.sign(_room(token, source)),
            resume_token=self._tokens.sign(token),
            expires_in=TOKEN_SECONDS,
        )


def _room(token: ResumeToken, source: Source, warm: bool = False) -> CallRoom:
    """The room of a call that goes on."""
    return CallRoom(token.room, token.identity, token.line, warm, resume=token.call, source=source)
