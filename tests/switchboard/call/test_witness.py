"""What is written down of a call, and what is not."""

import asyncio
from typing import ClassVar

import pytest
from livekit.agents import ErrorEvent, RunContext, function_tool, llm

from switchboard.call.call import Call
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Failed, Recovered, ToolCalled, ToolReturned
from switchboard.ledger.mask import MASK
from switchboard.line.workflow import NoState
from tests.stage.agents import Desk, Reception
from tests.stage.stage import staged, with_line

TURNING_SECONDS = 0.2


@function_tool
async def open_vault(ctx: RunContext[Call[NoState]]) -> str:
    """Open the vault."""
    raise llm.ToolError("It stays shut.")


@function_tool
async def turn_key(ctx: RunContext[Call[NoState]]) -> str:
    """Turn the key, which takes a moment."""
    await asyncio.sleep(TURNING_SECONDS)
    return "It is turned."


@function_tool
async def pull_chain(ctx: RunContext[Call[NoState]]) -> None:
    """Pull the chain, of which nothing is told."""


class Vault(Reception):
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (*Reception.toolbox, open_vault, turn_key, pull_chain)
    name = classmethod(lambda cls: "reception")
    prompt_file = Reception.prompt_file


async def test_what_is_said_is_written_with_who_said_it(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("hello there")
        await stage.say("to desk")

        assert [spoke.text for spoke in stage.of(CallerSpoke)] == ["hello there", "to desk"]
        assert [spoke.agent for spoke in stage.of(AgentSpoke)] == ["reception", "reception", "desk"]
        assert not any(spoke.interrupted for spoke in stage.of(AgentSpoke))


@pytest.mark.parametrize(("secrets", "written"), [(frozenset(), "parcel"), (frozenset({"thing"}), MASK)])
async def test_arguments_that_the_line_calls_secret_are_not_written(
    database_url: str, secrets: frozenset[str], written: str
) -> None:
    async with staged(database_url, line=with_line(secrets=secrets)) as stage:
        await stage.say("look up parcel")

        assert [(called.agent, called.arguments) for called in stage.of(ToolCalled)] == [
            ("reception", {"thing": written})
        ]


async def test_a_tools_result_is_written_with_its_call_and_its_time(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("look up parcel")

        called, returned = stage.of(ToolCalled)[0], stage.of(ToolReturned)[0]
        assert (returned.agent, returned.tool, returned.call_id) == (called.agent, "look_up", called.call_id)
        assert returned.result == "The parcel is on its way."
        assert not returned.failed
        assert 0 <= returned.ms / 1000 <= returned.at - called.at + 0.01


async def test_a_tools_time_is_the_time_that_it_took(database_url: str) -> None:
    line = with_line(start=Vault, handoffs={Vault: (Desk,), Desk: (Vault,)}, voices={})
    async with staged(database_url, line=line) as stage:
        await stage.say("call turn_key")

        called, returned = stage.of(ToolCalled)[0], stage.of(ToolReturned)[0]
        assert TURNING_SECONDS <= returned.ms / 1000 <= returned.at - called.at + 0.01


async def test_a_tool_that_tells_nothing_is_written_without_a_result(database_url: str) -> None:
    line = with_line(start=Vault, handoffs={Vault: (Desk,), Desk: (Vault,)}, voices={})
    async with staged(database_url, line=line) as stage:
        await stage.say("call pull_chain")

        assert [(tool.tool, tool.result, tool.failed) for tool in stage.of(ToolReturned)] == [("pull_chain", "", False)]


async def test_a_tool_that_failed_is_written_as_failed(database_url: str) -> None:
    line = with_line(start=Vault, handoffs={Vault: (Desk,), Desk: (Vault,)}, voices={})
    async with staged(database_url, line=line) as stage:
        await stage.say("call open_vault")

        assert [(tool.tool, tool.failed) for tool in stage.of(ToolReturned)] == [("open_vault", True)]


async def test_a_failure_is_written_by_its_kind_and_never_in_the_services_words(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("failed_response", count=1, message="could not say 'my postcode is SW1A 2AA'")
        await stage.say("hello")

        told = {(failed.source, failed.message, failed.recoverable) for failed in stage.of(Failed)}
        assert told == {("switchboard.realtime.model.CallModel", "APIError", True)}
        assert "SW1A" not in str(stage.events)


async def test_a_failure_that_says_nothing_of_itself_is_written_as_one_that_lasts(database_url: str) -> None:
    async with staged(database_url) as stage:
        session = stage.conversation.session
        session.emit("error", ErrorEvent(error=OSError("SW1A 2AA"), source=stage.conversation.handoffs.at_desk))

        assert [(failed.source, failed.message, failed.recoverable) for failed in stage.of(Failed)] == [
            ("Reception", "OSError", False)
        ]


async def test_a_connection_that_came_back_is_written_with_how_long_that_took(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("drop_mid_response", after_chars=5)
        await stage.say("long story")
        await stage.until(lambda: stage.of(Recovered))

        recovered = stage.of(Recovered)[0]
        assert recovered.source == "realtime"
        assert 0 < recovered.ms / 1000 < recovered.at
