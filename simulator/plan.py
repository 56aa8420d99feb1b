"""What one response is made from: the session, and what `response.create` says otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.chain import Chain, Entry
from simulator.errors import refused
from simulator.mcp_items import mcp_items
from simulator.mind import Item, Modality, Request, Tool
from simulator.options import Options
from simulator.prompts import written
from simulator.session import Session, format_of
from simulator.usage import entry_part

MCP = "mcp"


@dataclass(frozen=True)
class Plan:
    """A `response.create`, checked and settled."""

    asked: Modality
    """What the session, or the response, asks for."""
    modality: Modality
    """What it will be: text drift makes text of it."""
    voice: str
    speed: float
    format: Mapping[str, Any]
    """Of its audio."""
    instructions: str
    extra: str
    tools: tuple[Mapping[str, Any], ...]
    tool_choice: str | Mapping[str, Any]
    parallel: bool
    """Whether one answer may call several tools."""
    entries: tuple[Entry, ...]
    in_conversation: bool
    metadata: Mapping[str, Any] | None
    temperature: float | None
    """Only the preview has one."""
    max_output_tokens: int | str
    session_id: str

    def request(self) -> Request:
        """The question to the mind."""
        return Request(
            instructions=self.instructions,
            extra=self.extra,
            tools=self._offered(),
            items=seen(self.entries),
            modality=self.modality,
            session_id=self.session_id,
        )

    async def understood(self) -> None:
        """Wait until everything that callers said in it has been recognized."""
        if pending := [entry.recognition for entry in self.entries if entry.recognition is not None]:
            await asyncio.wait(pending)

    @property
    def tools_json(self) -> str:
        """The tools as the prompt holds them."""
        return json.dumps(self.tools) if self.tools else ""

    def _offered(self) -> tuple[Tool, ...]:
        if self.tool_choice == "none":
            return ()
        choice = self.tool_choice if isinstance(self.tool_choice, Mapping) else {}
        if choice.get("type") == MCP:
            return ()
        only = choice.get("name")
        return tuple(
            Tool(tool["name"], tool.get("description") or "", tool.get("parameters") or {})
            for tool in self.tools
            if tool.get("type") != MCP and (only is None or tool["name"] == only)
        )


def make_plan(given: Mapping[str, Any], session: Session, conversation: Chain, options: Options) -> Plan:
    """Settle a response. `given` is the event's `response`, well formed; null means "as the session".

    Raises ProtocolError for what the conversation does not have.
    """
    given = {key: value for key, value in given.items() if value is not None}
    base = session.effective
    modalities = given.get("output_modalities", base["output_modalities"])
    tools = given.get("tools", base["tools"])
    output = _output(session.output, given.get("audio", {}).get("output"))
    entries = _entries(given.get("input"), conversation, options)
    asked: Modality = modalities[0]
    drifts = asked == "audio" and _drifts(entries, "output_modalities" in given, options)
    prompted = written(given.get("prompt"), options, "response.prompt")
    return Plan(
        asked=asked,
        modality="text" if drifts else asked,
        voice=_voice(output["voice"]),
        speed=float(output["speed"]),
        format=format_of(output["format"]),
        instructions=session.instructions,
        extra=_extra(session.instructions, given.get("instructions") or prompted),
        tools=tuple(tools),
        tool_choice=_tool_choice(given.get("tool_choice", base["tool_choice"]), tools),
        parallel=given.get("parallel_tool_calls", base.get("parallel_tool_calls")) is not False,
        entries=_kept(entries, base["truncation"], options),
        in_conversation=given.get("conversation", "auto") != "none",
        metadata=given.get("metadata"),
        temperature=given.get("temperature", base.get("temperature")),
        max_output_tokens=given.get("max_output_tokens", base["max_output_tokens"]),
        session_id=session.id,
    )


def seen(entries: Sequence[Entry]) -> tuple[Item, ...]:
    """Items as the mind sees them: a call of a server's tool is a call and its output."""
    return tuple(item for entry in entries for item in (*mcp_items(entry, entries), entry.for_mind()) if item)


def _drifts(entries: Sequence[Entry], asked_for: bool, options: Options) -> bool:
    if options.text_drift == "off" or (asked_for and not options.asked_audio_drifts):
        return False
    return any(e.is_assistant_text and (options.text_drift == "any-text" or e.origin == "client") for e in entries)


def _kept(entries: tuple[Entry, ...], truncation: object, options: Options) -> tuple[Entry, ...]:
    if options.truncation_inert or truncation == "disabled":
        return entries
    ratio = float(truncation.get("retention_ratio", 1.0)) if isinstance(truncation, Mapping) else 1.0
    sizes = [part.text + part.audio for part in map(entry_part, entries)]
    total, cut = sum(sizes), 0
    if total > options.context_tokens:
        while total > options.context_tokens * ratio:
            total, cut = total - sizes[cut], cut + 1
    return entries[cut:]


def _extra(instructions: str, given: str) -> str:
    return given.removeprefix(instructions).lstrip("\n") if instructions else given


def _output(session: Mapping[str, Any], given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {**session, **{key: value for key, value in (given or {}).items() if value is not None}}


def _voice(voice: str | Mapping[str, Any]) -> str:
    return voice if isinstance(voice, str) else str(voice["id"])


def _entries(given: Sequence[Mapping[str, Any]] | None, conversation: Chain, options: Options) -> tuple[Entry, ...]:
    if given is None:
        return tuple(conversation)
    made = Chain(options)
    for index, item in enumerate(given):
        if item["type"] == "item_reference":
            made.append(conversation.find(item["id"], param=f"response.input[{index}].id"))
        else:
            made.create(item, None, param=f"response.input[{index}]")
    return tuple(made)


def _tool_choice(choice: str | Mapping[str, Any], tools: Sequence[Mapping[str, Any]]) -> str | Mapping[str, Any]:
    if isinstance(choice, str):
        return choice
    key = "server_label" if choice["type"] == MCP else "name"
    if any(tool.get(key) == choice[key] for tool in tools):
        return choice
    raise refused("response.tool_choice", f"Invalid tool_choice: {choice}. The tool is not in the list of tools.")
