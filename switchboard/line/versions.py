"""What a line is made of, as short hashes of its content: calls with the same ones had the same words and tools."""

import hashlib
import inspect
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from livekit.agents import llm
from pydantic import BaseModel

from switchboard.line.agent import VoiceAgent
from switchboard.line.tool_schema import schema_of

LENGTH = 12
TOOLS = (llm.FunctionTool, llm.RawFunctionTool)


def versions_of(line: Any, agents: Iterable[type[VoiceAgent]]) -> dict[str, str]:
    """One for the "workflow", each "prompt:<agent>" and each "tool:<name>", as the model is told of it."""
    schemas: dict[str, list[Any]] = {}
    versions = {"workflow": _hash(_content(line))}
    for agent in agents:
        versions[f"prompt:{agent.name()}"] = _hash(agent.prompt())
        for tool in agent.toolbox:
            if isinstance(tool, TOOLS):
                schemas.setdefault(f"tool:{tool.info.name}", []).append(_schema(tool))
    return versions | {name: _hash(of_that_name) for name, of_that_name in sorted(schemas.items())}


def _hash(content: Any) -> str:
    written = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:LENGTH]


def _schema(tool: llm.FunctionTool[..., Any] | llm.RawFunctionTool[..., Any]) -> Any:
    if isinstance(tool, llm.RawFunctionTool):
        return tool.info.raw_schema
    return schema_of(tool)


def _content(value: Any) -> Any:
    """`value` as JSON that is the same in every process: of what is a program's own, its name."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return value.name
        case Mapping():
            return [[_content(key), _content(each)] for key, each in value.items()]
        case list() | tuple():
            return [_content(each) for each in value]
        case Collection():
            return sorted(map(str, value))
        case type() if issubclass(value, BaseModel):
            return value.model_json_schema()
        case type() if issubclass(value, VoiceAgent):
            tools = [tool.info.name for tool in value.toolbox if isinstance(tool, TOOLS)]
            return [value.name(), value.purpose, value.opening, tools]
        case _ if is_dataclass(value):
            named = {field.name: _content(getattr(value, field.name)) for field in fields(value)}
            return {type(value).__name__: named}
        case _:
            return getattr(inspect.unwrap(value), "__qualname__", type(value).__name__)
