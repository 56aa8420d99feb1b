"""How long a tool may take: declared beside it, or the line's default. No caller waits for one that hangs or breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from livekit.agents import StopResponse, ToolError, llm

from switchboard.line.sentences import BROKE, TOO_SLOW

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
    Of an error that is no `ToolError` the model and the ledger learn the type alone: its text may quote anybody.
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
                raise _broken(tool.info.name, error) from error  # the tool's own
            log.error("a tool was given up", tool=tool.info.name, seconds=most)
            raise ToolError(TOO_SLOW) from error
        except (ToolError, StopResponse):
            raise
        except Exception as error:  # a tool is anybody's code, and its caller waits for an answer
            raise _broken(tool.info.name, error) from error

    return type(tool)(in_time, tool.info)  # type: ignore[arg-type]  # the one kind's info with the one kind


def _broken(name: str, error: Exception) -> ToolError:
    """What becomes of an error that the tool did not mean for the model."""
    log.exception("a tool broke", tool=name, exc_info=error)
    return ToolError(BROKE.format(kind=type(error).__name__))
