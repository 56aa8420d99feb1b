"""What the simulated model thinks with: the types that the servers share with playbooks and scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

Modality: TypeAlias = Literal["audio", "text"]


class MindError(Exception):
    """The mind has no answer to what it was asked: the server says so on the socket and remembers it."""


@dataclass(frozen=True)
class Say:
    """A message, spoken or written according to the request's modality."""

    text: str


@dataclass(frozen=True)
class CallTool:
    """A function call. `arguments` is what the model would write as a JSON object."""

    name: str
    arguments: Mapping[str, Any]


Reply: TypeAlias = Sequence[Say | CallTool]
"""The output items of one response, in order."""


Break: TypeAlias = Literal["dropped", "silent", "failed", "incomplete"]


class BrokenOff(Exception):  # noqa: N818 - a response that breaks off is an answer as well
    """The response is `said`, and breaks off: within the last message of it, or after it.

    dropped: the socket is cut. silent: nothing more comes of it, unless it is cancelled. failed, incomplete:
    `response.done` says so, with `details`.
    """

    def __init__(self, how: Break, details: Mapping[str, Any], said: Reply = (), within: bool = False) -> None:
        super().__init__(how)
        self.how = how
        self.details = details
        self.said = said
        self.within = within


@dataclass(frozen=True)
class Tool:
    """A function that the session (or the response) offers. `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One conversation item as the server knows it.

    `text` is what the model may use: a message's text or transcript, without what a truncation cut off.
    """

    id: str
    type: Literal["message", "function_call", "function_call_output"]
    role: str | None
    text: str
    name: str | None
    arguments: str | None
    call_id: str | None
    output: str | None


@dataclass(frozen=True)
class Request:
    """All that a response is made from."""

    instructions: str
    """The session's."""
    extra: str
    """What `response.create` added to the session's instructions ("" if nothing)."""
    tools: tuple[Tool, ...]
    """Empty when `tool_choice` is "none"; the one tool when it names a function."""
    items: tuple[Item, ...]
    """The conversation in order."""
    modality: Modality
    session_id: str


class Mind(Protocol):
    """A playbook, a script, or a test's own."""

    def answer(self, request: Request) -> Reply:
        """The response to `request`. Pure: no side effects, safe to ask again. Raises `MindError`, `BrokenOff`."""
        ...

    def hear(self, session_id: str) -> str | None:
        """The words of the next spoken turn; "" when nothing was understood; None: listen to the caller."""
        ...


@runtime_checkable
class Warms(Protocol):
    """A mind that has something to load before it can understand anybody."""

    def warm(self) -> None:
        """Load it now. Takes a moment; safe from any thread."""
        ...
