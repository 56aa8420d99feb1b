"""The rooms of a LiveKit server, in which callers on trial speak with the agents: one for each call."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from livekit import api, rtc
from livekit.protocol.agent import Job

from switchboard.livekit import client_of, token_of
from switchboard.presence import Invitation
from switchboard.room.caller import NUMBER
from switchboard.room.relief import Relief
from switchboard.room.seat import Seat
from switchboard.settings.schema import LiveKitAccess

AGENT, CALLER = "agent", "caller"


@dataclass(frozen=True)
class Rooms:
    """Of the server at `livekit`."""

    livekit: LiveKitAccess

    @asynccontextmanager
    async def entered(self, number: str | None) -> AsyncIterator[tuple[rtc.Room, Invitation]]:
        """A new room with the caller in it, who calls from `number`; and the agents' invitation to it."""
        name = f"rehearsal-{secrets.token_hex(6)}"
        callers, agents = rtc.Room(), rtc.Room()
        async with client_of(self.livekit) as server:
            created = await server.room.create_room(api.CreateRoomRequest(name=name))
            job = Job(room=created, agent_name=self.livekit.agent_name)
            relief = Relief(server, job, secrets.token_hex(6), "")
            await callers.connect(self.livekit.url, self._token(name, CALLER, {NUMBER: number} if number else {}))
            try:
                yield callers, Invitation(agents, Seat(server, job), relief, lambda: self._join(agents, name), CALLER)
            finally:
                await callers.disconnect()
                await agents.disconnect()

    async def _join(self, agents: rtc.Room, name: str) -> None:
        await agents.connect(self.livekit.url, self._token(name, AGENT, {}))

    def _token(self, room: str, identity: str, attributes: dict[str, str]) -> str:
        grants = api.VideoGrants(room_join=True, room=room, agent=identity == AGENT)
        token = token_of(self.livekit).with_identity(identity).with_grants(grants).with_attributes(attributes)
        return token.with_kind("agent" if identity == AGENT else "standard").to_jwt()
