"""An agent of a line: what it is for, how it opens, what it can do. Its words stand in Markdown beside its class."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from livekit.agents import Agent, llm, tts
from livekit.agents.utils.misc import camel_to_snake_case

from switchboard.line.face import Face

Speech = tts.TTS[Any]
"""A text-to-speech service."""


class Seat(Protocol):
    """What the line gives an agent for one stay with the caller."""

    @property
    def instructions(self) -> str: ...
    @property
    def tools(self) -> list[llm.Tool]: ...
    @property
    def speech(self) -> Speech: ...

    def guard(self, tool: llm.Tool) -> llm.Tool:
        """The tool as it may be called."""

    async def arrived(self, agent: VoiceAgent) -> None:
        """The agent has the caller: let it answer."""

    async def leaving(self, agent: VoiceAgent) -> None:
        """The agent gives the caller away: let it say so, if the edge wants that."""


class VoiceAgent(Agent):
    """Subclass this: set `purpose` and `opening`, list the `toolbox`, write the prompt in `<name>.md` beside the file.

    `Support` in `support.py` with `support.md` is `support` to the model, in the ledger and in the log.
    """

    purpose: ClassVar[str]
    """When a caller belongs here, in a sentence: the description of every tool that leads to this agent."""
    opening: ClassVar[str]
    """What to do on arrival, as an instruction to the model."""
    toolbox: ClassVar[tuple[llm.Tool, ...]] = ()
    face: ClassVar[Face] = Face()
    """How pages show the agent to callers and operators."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(
            id=self.name(),
            instructions=seat.instructions,
            tools=[*map(seat.guard, self.toolbox), *seat.tools],
            tts=seat.speech,
        )
        self._seat = seat

    @classmethod
    def name(cls) -> str:
        """The agent's one name, from its class."""
        return camel_to_snake_case(cls.__name__)

    @classmethod
    def prompt_file(cls) -> Path:
        """Where the agent's words stand."""
        return Path(inspect.getfile(cls)).with_name(f"{cls.name()}.md")

    @classmethod
    @cache
    def prompt(cls) -> str:
        """The agent's words. Raises `FileNotFoundError` when the file is missing."""
        return cls.prompt_file().read_text(encoding="utf-8").strip()

    async def entered(self) -> None:
        """Override to do something when the caller arrives, before the agent speaks."""

    async def on_enter(self) -> None:
        """The engine's: write `entered` instead."""
        await self._seat.arrived(self)

    async def on_exit(self) -> None:
        """The engine's."""
        await self._seat.leaving(self)
