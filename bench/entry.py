"""How a caller of the benchmarks gets into a call: as our web app does it, or as LiveKit's documentation has it."""

from livekit import api

from bench.stack import Stack
from bench.stock_worker import AGENT_NAME
from switchboard.http.rooms import CallRoom, Rooms
from switchboard.http.tokens import TokenSigner, new_identity, new_room
from switchboard.livekit import token_of
from workflows.support_line import SUPPORT_LINE


def new_call() -> CallRoom:
    """A room and a caller that nobody has yet."""
    return CallRoom(new_room(), new_identity(), SUPPORT_LINE.name, warm=True)


async def our_token(stack: Stack, room: CallRoom, agent_name: str, rooms: Rooms) -> str:
    """Make the room, which calls the agent, and let the caller in."""
    await rooms.create(room)
    return TokenSigner(stack.access(agent_name), rooms).sign(room)


def stock_token(stack: Stack, room: CallRoom, metadata: str) -> str:
    """The caller's join makes the room and calls the agent, with this metadata."""
    dispatch = api.RoomAgentDispatch(agent_name=AGENT_NAME, metadata=metadata)
    token = token_of(stack.livekit).with_identity(room.identity)
    token = token.with_grants(api.VideoGrants(room_join=True, room=room.name))
    return token.with_room_config(api.RoomConfiguration(agents=[dispatch])).to_jwt()
