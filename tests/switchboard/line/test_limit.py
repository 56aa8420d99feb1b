"""Tools that hang, in real sessions over the simulator's real socket."""

import asyncio
from typing import ClassVar

from livekit.agents import RunContext, function_tool, llm

from switchboard.call.call import Call
from switchboard.ledger.events import AgentSpoke, ToolReturned
from switchboard.line.agent import VoiceAgent
from switchboard.line.limit import limited, within
from switchboard.line.sentences import BROKE, TOO_SLOW
from switchboard.line.workflow import NoState, Workflow
from tests.stage.stage import Stage, staged


@function_tool
@within(0.2)
async def hang(ctx: RunContext[Call[NoState]]) -> str:
    """Hang."""
    await asyncio.Event().wait()
    return "never"


@function_tool
async def hang_undeclared(ctx: RunContext[Call[NoState]]) -> str:
    """Hang."""
    await asyncio.Event().wait()
    return "never"


@function_tool
async def fail_of_itself(ctx: RunContext[Call[NoState]]) -> str:
    """Fail with a time limit of its own."""
    raise TimeoutError


@function_tool
async def break_down(ctx: RunContext[Call[NoState]]) -> str:
    """Break."""
    raise KeyError("07700 900123")


@function_tool
async def echo(ctx: RunContext[Call[NoState]], thing: str) -> str:
    """Say it again.

    Args:
        thing: What to say.
    """
    return f"again: {thing}"


class Waiting(VoiceAgent):
    """Waits."""

    purpose = "The caller waits."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (hang, hang_undeclared, fail_of_itself, break_down)


LINE = Workflow(name="waiting", start=Waiting, handoffs={Waiting: ()})


def returned(stage: Stage) -> list[tuple[str, bool]]:
    return [(event.result, event.failed) for event in stage.of(ToolReturned)]


async def test_a_tool_that_hangs_is_given_up_and_the_caller_is_answered(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True) as stage:
        await stage.say("call hang")

        assert returned(stage) == [(TOO_SLOW, True)]
        assert "waiting found" in stage.of(AgentSpoke)[-1].text


async def test_a_tools_own_time_limit_is_its_own_failure(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True) as stage:
        await stage.say("call fail_of_itself")

        assert returned(stage) == [(BROKE.format(kind="TimeoutError"), True)]


async def test_of_an_error_that_was_not_meant_for_the_model_only_the_type_is_told(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True) as stage:
        await stage.say("call break_down")

        assert returned(stage) == [(BROKE.format(kind="KeyError"), True)]
        assert "internal error" not in stage.of(AgentSpoke)[-1].text
        assert "900123" not in str(stage.events)


async def test_without_a_declaration_the_setting_counts(database_url: str) -> None:
    async with staged(database_url, line=LINE, typed=True, CALL_TOOL_SECONDS="1") as stage:
        await stage.say("call hang_undeclared")

        assert returned(stage) == [(TOO_SLOW, True)]


async def test_a_tool_in_time_is_the_same_tool() -> None:
    quick = limited(echo, 5)
    assert isinstance(quick, llm.FunctionTool)
    assert await quick(None, thing="parcel") == "again: parcel"
    assert llm.utils.build_strict_openai_schema(quick) == llm.utils.build_strict_openai_schema(echo)
