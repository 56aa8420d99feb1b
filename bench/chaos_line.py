"""The line that is called under faults: three agents, two tools that read and one that writes."""

import asyncio
from typing import ClassVar

from livekit.agents import RunContext, function_tool
from pydantic import BaseModel

from bench.team import Colleague
from switchboard.call.call import Call
from switchboard.line.voices import CartesiaVoice
from switchboard.line.workflow import Handoff, Workflow

SEARCHING_SECONDS = 0.5
ANNOUNCED = "Just a moment, I put you through."
FOUND, SEARCHED, OPENED = "The thing is on its way.", "There were several, and one is left.", "A ticket is open."


class Notes(BaseModel):
    """What was written in a call, each time that it was."""

    tickets: list[str] = []


@function_tool
async def find(thing: str) -> str:  # noqa: ARG001 - the model's
    """Find a thing.

    Args:
        thing: What to find.
    """
    return FOUND


@function_tool
async def search(thing: str) -> str:  # noqa: ARG001 - the model's
    """Search for a thing, which takes a while.

    Args:
        thing: What to search for.
    """
    await asyncio.sleep(SEARCHING_SECONDS)
    return SEARCHED


@function_tool
async def open_ticket(ctx: RunContext[Call[Notes]], thing: str) -> str:
    """Open a ticket.

    Args:
        thing: What it is about.
    """
    ctx.userdata.state.tickets.append(thing)
    return OPENED


class Greeter(Colleague):
    """The first."""

    purpose = "The caller has something new."
    opening = "Greet the caller."
    toolbox = (find, search, open_ticket)
    words: ClassVar[str] = "You are the first whom the caller meets. Do what they say."


class Support(Colleague):
    """Speaks natively."""

    purpose = "The caller wants support."
    opening = "Answer what the caller said last."
    toolbox = (find, search, open_ticket)
    words: ClassVar[str] = "You support the caller. Do what they say."


class Studio(Colleague):
    """Has a voice of Cartesia's."""

    purpose = "The caller wants the studio."
    opening = "Answer what the caller said last, from the studio."
    toolbox = (find, search, open_ticket)
    words: ClassVar[str] = "You are the studio. Do what the caller says."


LINE = Workflow(
    name="chaos",
    start=Greeter,
    state=Notes,
    handoffs={
        Greeter: (Support, Studio),
        Support: (Greeter, Handoff(Studio, announce=ANNOUNCED)),
        Studio: (Greeter, Support),
    },
    voices={Studio: CartesiaVoice("studio-voice")},
    discloses_automation=False,
)
AGENTS = ("greeter", "support", "studio")
