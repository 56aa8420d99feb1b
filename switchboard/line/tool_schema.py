"""What the model is told of a tool: made once, as LiveKit's way to make it would hold a handoff up for 2 ms a tool."""

import inspect
from collections.abc import Mapping
from typing import Any

from livekit.agents import llm

Schema = Mapping[str, Any]

_MADE: dict[tuple[object, ...], Schema] = {}
MOST = 1_000
"""The oldest goes before there are more: a type that is made anew in each call is no type that was there before."""


def schema_of(tool: llm.FunctionTool[..., Any]) -> Schema:
    """Its name, description and parameters, as the Realtime API wants them; not to be changed.

    A tool that wraps another one takes what that one takes.
    """
    written = _as_written(tool)
    try:
        if written not in _MADE:
            if len(_MADE) == MOST:
                del _MADE[next(iter(_MADE))]
            _MADE[written] = _schema(tool)
        return _MADE[written]
    except TypeError:  # a default that has no hash: it is made each time
        return _schema(tool)


def _as_written(tool: llm.FunctionTool[..., Any]) -> tuple[object, ...]:
    """All that a schema is made of: a transfer tool is a new function in each call, and the same one in all that."""
    parameters = tuple(inspect.signature(tool).parameters.values())
    return tool.__module__, tool.info.name, tool.info.description, tool.__doc__, parameters


def _schema(tool: llm.FunctionTool[..., Any]) -> Schema:
    return llm.utils.build_legacy_openai_schema(tool, internally_tagged=True)
