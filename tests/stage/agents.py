"""Three agents: two with the native voice, one with a voice of Cartesia's."""

import asyncio
from typing import ClassVar

from livekit.agents import RunContext, function_tool, llm

from switchboard.call.call import Call
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import NoState


@function_tool
async def look_up(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Look a thing up.

    Args:
        thing: What to look up.
    """
    return f"The {thing} is on its way."


@function_tool
async def write_down(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Write a thing down.

    Args:
        thing: What to write down.
    """
    return f"Written down: {thing}."


class Reception(VoiceAgent):
    """Native voice; the first."""

    purpose = "The caller has something new."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (look_up, write_down)


class Desk(VoiceAgent):
    """Native voice."""

    purpose = "The caller asks about a thing."
    opening = "Answer what the caller said last."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (look_up,)


class Studio(VoiceAgent):
    """Cartesia's voice."""

    purpose = "The caller wants the studio."
    opening = "Answer what the caller said last, from the studio."


class Lobby(VoiceAgent):
    """Native voice; a test can hold it at the door, in the middle of its arrival."""

    purpose = "The caller waits."
    opening = "Answer what the caller said last."
    door: ClassVar[asyncio.Event]

    async def entered(self) -> None:
        await self.door.wait()
