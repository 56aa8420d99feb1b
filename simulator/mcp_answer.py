"""What an MCP server may answer, and what is made of it. What is not so is a ValueError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class McpError(Exception):
    """What a call of a tool came to instead of an output, as the item shows it."""

    def __init__(self, kind: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.body = {"type": kind, "message": message} | ({} if code is None else {"code": code})


class Part(BaseModel):
    """Types are exact; what else a server tells is nothing to us."""

    model_config = ConfigDict(strict=True, frozen=True)


class Failure(Part):
    """An error of JSON-RPC."""

    code: int
    message: str


class Message(Part):
    """Whatever a server sends: an answer, or a question or a notice of its own."""

    id: int | str | None = None
    method: str | None = None
    error: Failure | None = None
    result: dict[str, Any] | None = None

    def answers(self, number: int) -> bool:
        """Whether it answers the question of this number."""
        return self.method is None and self.id == number

    def settled(self) -> Mapping[str, Any] | None:
        """The result. Raises McpError where the server refuses."""
        if self.error is not None:
            raise McpError("protocol_error", self.error.message, self.error.code)
        return self.result


class Offered(Part):
    """A tool as the server describes it."""

    name: str
    description: str | None = None
    inputSchema: dict[str, Any] | None = None  # noqa: N815 - the protocol's name
    annotations: dict[str, Any] | None = None

    def shown(self) -> Mapping[str, Any]:
        """As the realtime API lists it."""
        return {
            "name": self.name,
            "description": self.description,
            "input_schema": self.inputSchema or {},
            "annotations": self.annotations,
        }


class Listing(Part):
    """A page of the tools that a server offers."""

    tools: Sequence[Offered]
    nextCursor: str | None = None  # noqa: N815 - the protocol's name


class Content(Part):
    """A piece of an output."""

    type: str
    text: str | None = None

    @model_validator(mode="after")
    def _has_words(self) -> Content:
        if self.type == "text" and self.text is None:
            raise ValueError("a text without words")
        return self


class Output(Part):
    """What a tool returns."""

    content: Sequence[Content] = ()
    isError: bool | None = None  # noqa: N815 - the protocol's name

    def words(self) -> str:
        """Its texts. Raises McpError where the tool says that it failed."""
        words = "\n".join(part.text for part in self.content if part.type == "text" and part.text is not None)
        if self.isError:
            raise McpError("tool_execution_error", words)
        return words
