"""What one response is made from: the session, and what `response.create` says otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.chain import Chain, Entry
from simulator.errors import invalid
from simulator.mind import Modality, Request, Tool
from simulator.options import Options
from simulator.session import Session, check_modalities, check_reasoning, check_tools
from simulator.usage import entry_part

MAX_METADATA = 16


@dataclass(frozen=True)
class Plan:
    """A `response.create`, checked and settled."""

    asked: Modality
    """What the session, or the response, asks for."""
    modality: Modality
    """What it will be: text drift makes text of it."""
    voice: str
    speed: float
    instructions: str
    extra: str
    tools: tuple[Mapping[str, Any], ...]
    tool_choice: str | Mapping[str, Any]
    entries: tuple[Entry, ...]
    in_conversation: bool
    metadata: Mapping[str, Any] | None
    max_output_tokens: int | str
    session_id: str

    def request(self) -> Request:
        """The question to the mind."""
        return Request(
            instructions=self.instructions,
            extra=self.extra,
            tools=self._offered(),
            items=tuple(entry.for_mind() for entry in self.entries),
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
        only = self.tool_choice.get("name") if isinstance(self.tool_choice, Mapping) else None
        return tuple(
            Tool(tool["name"], tool.get("description") or "", tool.get("parameters") or {})
            for tool in self.tools
            if only is None or tool["name"] == only
        )


def make_plan(given: Mapping[str, Any], session: Session, conversation: Chain, options: Options) -> Plan:
    """Settle a response. `given` is the event's `response`, where null means "as the session". Raises ProtocolError."""
    given = {key: value for key, value in given.items() if value is not None}
    base = session.effective
    modalities = given.get("output_modalities", base["output_modalities"])
    check_modalities(modalities, "response.output_modalities")
    tools = given.get("tools", base["tools"])
    check_tools(tools, "response.tools")
    check_reasoning(given.get("reasoning"), "response.reasoning")
    output = {**session.output, **(given.get("audio") or {}).get("output", {})}
    entries = _entries(given.get("input"), conversation, options)
    asked: Modality = modalities[0]
    drifts = asked == "audio" and _drifts(entries, "output_modalities" in given, options)
    return Plan(
        asked=asked,
        modality="text" if drifts else asked,
        voice=str(output["voice"]),
        speed=float(output["speed"]),
        instructions=session.instructions,
        extra=_extra(session.instructions, given.get("instructions", "")),
        tools=tuple(tools),
        tool_choice=_tool_choice(given.get("tool_choice", base["tool_choice"]), tools),
        entries=_kept(entries, base["truncation"], options),
        in_conversation=given.get("conversation", "auto") != "none",
        metadata=_metadata(given.get("metadata")),
        max_output_tokens=given.get("max_output_tokens", base["max_output_tokens"]),
        session_id=session.id,
    )


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


def _entries(given: object, conversation: Chain, options: Options) -> tuple[Entry, ...]:
    if given is None:
        return tuple(conversation)
    if not isinstance(given, list):
        raise invalid("response.input", "Invalid type for 'response.input': expected an array.")
    made = Chain(options)
    for item in given:
        if isinstance(item, dict) and item.get("type") == "item_reference":
            made.append(conversation.find(item.get("id")))
        else:
            made.create(item, None)
    return tuple(made)


def _tool_choice(choice: object, tools: Sequence[Mapping[str, Any]]) -> str | Mapping[str, Any]:
    if choice in ("auto", "none", "required"):
        return str(choice)
    if isinstance(choice, dict) and any(tool["name"] == choice.get("name") for tool in tools):
        return choice
    raise invalid("response.tool_choice", f"Invalid tool_choice: {choice}. The tool is not in the list of tools.")


def _metadata(metadata: object) -> Mapping[str, Any] | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or len(metadata) > MAX_METADATA:
        raise invalid("response.metadata", f"Invalid 'response.metadata': at most {MAX_METADATA} keys.")
    return metadata
