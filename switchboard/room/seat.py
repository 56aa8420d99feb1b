"""One agent to a room: of several that were called, the first one there has it, and the others leave without a word.

LiveKit's server knows who was first: it lets participants in one after the other. It lists an agent whose worker was
killed for some 20 s more, and tells of no agent whether it lives.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp
import structlog
from livekit import api, rtc
from livekit.agents.types import ATTRIBUTE_AGENT_NAME
from livekit.protocol.agent import Job
from livekit.protocol.models import ParticipantInfo

from switchboard.livekit import GHOST_SECONDS, close_room

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
"""A caller whose call moves hears nothing meanwhile."""
ANSWER_SECONDS = 2.0


@dataclass(frozen=True)
class Seen:
    """What the server says."""

    there: bool
    """It is still the same room."""
    agents: list[ParticipantInfo]


class Seat:
    """The seat for `job`'s agent in its room, as `server` has it. Agents of other names have seats of their own."""

    def __init__(self, server: api.LiveKitAPI, job: Job) -> None:
        self._server = server
        self._room = job.room
        self._name = job.agent_name

    async def free(self) -> bool:
        """Whether an agent may go in: the room is still there, and nobody has it. A dead agent's is waited for."""
        until = time.monotonic() + GHOST_SECONDS
        while seen := await self._look():  # a server that does not answer lets nobody in either
            if not seen.there or not seen.agents:
                return seen.there
            if time.monotonic() > until:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def take(self, room: rtc.Room, connect: Callable[[], Awaitable[None]]) -> bool:
        """Go in by `connect`, which connects `room`; whether the agent was the first there.

        Looked at in the step of the loop in which it is connected: then `room` has those who were there before, and a
        step later, if the loop was busy, who came after as well. Of two who see each other nobody would stay.
        """
        await connect()
        return not any(self._like_us(one.attributes) for one in room.remote_participants.values())

    async def lost(self, identity: str) -> bool | None:
        """Whether the agent of that identity has lost it while away: the room is no more, or another's.

        None: the server does not tell.
        """
        seen = await self._look()
        if seen is None:
            return None
        since = next((agent.joined_at_ms for agent in seen.agents if agent.identity == identity), None)
        others = [agent.joined_at_ms for agent in seen.agents if agent.identity != identity]
        return not seen.there or any(since is None or other < since for other in others)

    async def close_room(self) -> None:
        """End the call for whoever is still there."""
        await close_room(self._server, self._room.name, self._room.sid)

    async def _look(self) -> Seen | None:
        """None: the server does not answer."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):  # the client's own timeout never acts
                rooms, listed = await asyncio.gather(
                    self._server.room.list_rooms(api.ListRoomsRequest(names=[self._room.name])),
                    self._participants(),
                )
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            log.debug("the room was not found out about", error=type(error).__name__)
            return None
        there = any(room.sid == self._room.sid for room in rooms.rooms)
        return Seen(there, [one for one in listed if self._like_us(one.attributes)])

    async def _participants(self) -> list[ParticipantInfo]:
        try:
            request = api.ListParticipantsRequest(room=self._room.name)
            return list((await self._server.room.list_participants(request)).participants)
        except api.TwirpError as error:
            if error.code == api.TwirpErrorCode.NOT_FOUND:
                return []
            raise

    def _like_us(self, attributes: Mapping[str, str]) -> bool:
        return attributes.get(ATTRIBUTE_AGENT_NAME) == self._name
