"""How long a tool may take: declared beside it, or the line's default. One that hangs keeps no caller waiting."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from livekit.agents import ToolError, llm

from switchboard.line.sentences import TOO_SLOW

log = structlog.get_logger(__name__)

DECLARED = "switchboard_seconds"
Given = ParamSpec("Given")
Result = TypeVar("Result")


def within(seconds: float) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """The tool may take so many seconds: stands below `@function_tool`."""

    def declare(function: Callable[Given, Result]) -> Callable[Given, Result]:
        setattr(function, DECLARED, seconds)
        return function

    return declare


def limited(tool: llm.Tool, seconds: float) -> llm.Tool:
    """`tool`, given up after the time that it declares, or `seconds`: the model is told that nobody knows what it did.

    What it does is cancelled; a write has to be such that it is made once however often it is asked for.
    """
    if not isinstance(tool, llm.FunctionTool | llm.RawFunctionTool):
        return tool
    most = getattr(tool, DECLARED, seconds)
    call: Callable[..., Awaitable[Any]] = tool

    @wraps(tool)
    async def in_time(*given: Any, **named: Any) -> Any:
        try:
            async with asyncio.timeout(most) as limit:
                return await call(*given, **named)
        except TimeoutError as error:
            if not limit.expired():
                raise  # the tool's own
            log.error("a tool was given up", tool=tool.info.name, seconds=most)
            raise ToolError(TOO_SLOW) from error

    in_time.__signature__ = inspect.signature(tool)  # type: ignore[attr-defined]
    return type(tool)(in_time, tool.info)  # type: ignore[arg-type]  # the one kind's info with the one kind
