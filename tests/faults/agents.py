"""The first agent of the calls in rooms: one tool takes its time, and one writes."""

import asyncio
from typing import ClassVar

from livekit.agents import RunContext, function_tool, llm

from switchboard.call.call import Call
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import NoState

SEARCHING_SECONDS = 0.6


@function_tool
async def search(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Search for a thing, which takes a while.

    Args:
        thing: What to search for.
    """
    await asyncio.sleep(SEARCHING_SECONDS)
    return f"The {thing} is on its way."


@function_tool
async def book(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Book a thing.

    Args:
        thing: What to book.
    """
    await asyncio.sleep(SEARCHING_SECONDS)
    return f"There is a booking of the {thing}."


class Front(VoiceAgent):
    """Receives callers."""

    purpose = "The caller has something new."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (search, book)
