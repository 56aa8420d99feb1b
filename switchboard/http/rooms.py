"""The rooms of calls, as LiveKit's server has them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import structlog
from google.protobuf.message import DecodeError
from livekit import api
from livekit.protocol.agent import JobStatus
from livekit.protocol.models import ParticipantInfo, Room

from switchboard.call.dispatch import Dispatch
from switchboard.call.source import UNKNOWN, Source
from switchboard.http.errors import LiveKitDown
from switchboard.livekit import PHONE_ROOMS, client_of
from switchboard.settings.schema import Limits, LiveKitAccess

log = structlog.get_logger("http")

PREFIX = "call-"
ANSWER_SECONDS = 5.0
RETRY_SECONDS = 5
SPARE_SECONDS = 5
"""The agent closes the room when nobody comes, or comes back; the server does it so much later, if no agent has."""
# A worker that took the job needs no second one; one that has not come by then never will.
JOB_PATIENCE_NS = 10 * 10**9


@dataclass(frozen=True)
class CallRoom:
    """A room for one caller, and what the agent is told that is called to it."""

    name: str
    identity: str
    line: str
    warm: bool = False
    """The agent comes before the caller does."""
    resume: str | None = None
    """The id of the call that goes on here."""
    source: Source = UNKNOWN

    def metadata(self) -> str:
        """The dispatch's metadata."""
        return Dispatch(line=self.line, caller=self.identity, warm=self.warm, resume=self.resume).dumps()


class Rooms:
    """LiveKit's rooms, between `async with`. Every method raises `LiveKitDown` when the server does not do its part."""

    def __init__(self, livekit: LiveKitAccess, limits: Limits) -> None:
        self._livekit = livekit
        self._limits = limits
        self._api: api.LiveKitAPI | None = None

    async def __aenter__(self) -> Self:
        self._api = client_of(self._livekit)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.aclose()

    @property
    def _server(self) -> api.LiveKitAPI:
        assert self._api is not None, "the web app has not started"
        return self._api

    def configuration(self, room: CallRoom) -> api.RoomConfiguration:
        """The room's limits and its agent, for a token whose join may have to make the room."""
        return api.RoomConfiguration(**self._terms(room))

    async def create(self, room: CallRoom) -> None:
        """Make the room, with its limits, and call the agent. A room that exists already keeps its agent."""
        request = api.CreateRoomRequest(name=room.name, **self._terms(room))
        async with _answer_of_livekit():
            await self._server.room.create_room(request)

    async def alive(self) -> dict[str, Room]:
        """The rooms of all calls, those of phones as well, by name."""
        async with _answer_of_livekit():
            listed = await self._server.room.list_rooms(api.ListRoomsRequest())
        return {room.name: room for room in listed.rooms if room.name.startswith((PREFIX, PHONE_ROOMS))}

    async def exists(self, name: str) -> bool:
        async with _answer_of_livekit():
            listed = await self._server.room.list_rooms(api.ListRoomsRequest(names=[name]))
        return bool(listed.rooms)

    async def end(self, name: str) -> None:
        """Close the room, which ends the call; nothing happens if it is closed."""
        async with _answer_of_livekit(missing_is_fine=True):
            await self._server.room.delete_room(api.DeleteRoomRequest(room=name))

    async def has_agent(self, name: str) -> bool:
        """Whether an agent is in the room. One whose worker was killed is listed for 21 seconds more."""
        return any(one.kind == ParticipantInfo.Kind.AGENT for one in await self._participants(name))

    async def has_caller(self, name: str) -> bool:
        """Whether anybody else is in the room."""
        return any(one.kind != ParticipantInfo.Kind.AGENT for one in await self._participants(name))

    async def _participants(self, name: str) -> list[ParticipantInfo]:
        async with _answer_of_livekit(missing_is_fine=True):
            listed = await self._server.room.list_participants(api.ListParticipantsRequest(room=name))
            return list(listed.participants)
        return []

    async def ask_again(self, room: CallRoom) -> bool:
        """Call an agent to a room whose own did not come; False if a worker has just taken the job."""
        async with _answer_of_livekit():
            old = await self._server.agent_dispatch.list_dispatch(room.name)
            if any(_is_coming(dispatch) for dispatch in old):
                return False
            # An old one stays: deleting it ends its agent, who may come at this moment. Of two the first has the room.
            await self._server.agent_dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(
                    agent_name=self._livekit.agent_name, room=room.name, metadata=room.metadata()
                )
            )
        return True

    def _terms(self, room: CallRoom) -> dict[str, Any]:
        return {
            "max_participants": 1,
            "metadata": room.source.dumps(),
            "empty_timeout": self._limits.wait_seconds + SPARE_SECONDS,
            "departure_timeout": self._limits.grace_seconds + SPARE_SECONDS,
            "agents": [api.RoomAgentDispatch(agent_name=self._livekit.agent_name, metadata=room.metadata())],
        }


def _is_coming(dispatch: api.AgentDispatch) -> bool:
    now = time.time_ns()
    return any(
        job.state.status in (JobStatus.JS_PENDING, JobStatus.JS_RUNNING)
        and now - job.state.started_at < JOB_PATIENCE_NS
        for job in dispatch.state.jobs
    )


@asynccontextmanager
async def _answer_of_livekit(missing_is_fine: bool = False) -> AsyncIterator[None]:
    """Turn what LiveKit's client raises into what callers are told."""
    try:
        # The client has a timeout of its own, which never acts: it passes None on to each request.
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except api.TwirpError as error:
        if missing_is_fine and error.code == api.TwirpErrorCode.NOT_FOUND:
            return
        log.error("LiveKit refused a request", code=error.code, status=error.status)
        raise LiveKitDown({"Retry-After": str(RETRY_SECONDS)}) from None
    except (aiohttp.ClientError, TimeoutError, DecodeError) as error:
        log.warning("LiveKit cannot be reached", reason=type(error).__name__)
        raise LiveKitDown({"Retry-After": str(RETRY_SECONDS)}) from None
