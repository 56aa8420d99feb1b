"""What the model is told of a tool, made once for all calls."""

from typing import Any, Literal

import pytest
from livekit.agents import RunContext, function_tool, llm

from app.lines import LINES
from switchboard.line import tool_schema
from switchboard.line.agent import VoiceAgent
from switchboard.line.limit import limited
from switchboard.line.tool_schema import MOST, schema_of

AGENTS = [agent for line in LINES.values() for agent in line.agents]


def as_livekit_makes_it(tool: llm.FunctionTool[..., Any]) -> dict[str, Any]:
    return llm.utils.build_legacy_openai_schema(tool, internally_tagged=True)


def transfer(kind: Any, description: str = "Puts the caller through.") -> llm.FunctionTool[..., Any]:
    """A new function in each call, as a transfer tool is."""

    async def put_through(ctx: RunContext[None], reason: kind) -> None:
        """
        Args:
            reason: Why.
        """

    return function_tool(put_through, name="transfer", description=description)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.__name__)
def test_each_tool_is_told_of_as_livekit_would_and_wrapped_ones_as_well(agent: type[VoiceAgent]) -> None:
    tools = [tool for tool in agent.toolbox if isinstance(tool, llm.FunctionTool)]
    for tool in tools:
        wrapped = limited(tool, 5.0)
        assert isinstance(wrapped, llm.FunctionTool)
        assert schema_of(wrapped) == schema_of(tool) == as_livekit_makes_it(tool)


def test_a_tool_of_a_new_call_costs_nothing() -> None:
    assert schema_of(transfer(str)) is schema_of(transfer(str))


def test_tools_that_differ_in_a_type_or_a_word_are_told_of_each_as_it_is() -> None:
    tools = [transfer(str), transfer(Literal["refund", "order"]), transfer(int), transfer(str, "Rings somebody.")]

    assert [schema_of(tool) for tool in tools] == [as_livekit_makes_it(tool) for tool in tools]


def test_a_tool_with_a_default_that_has_no_hash_is_told_of_as_well() -> None:
    @function_tool
    async def write_down(ctx: RunContext[None], things: list[str] = []) -> None:  # noqa: B006 - it is what is tested
        """Writes."""

    assert schema_of(write_down) == as_livekit_makes_it(write_down)


def test_of_types_that_are_new_in_each_call_not_all_are_kept() -> None:
    for number in range(MOST + 5):
        assert schema_of(transfer(Literal[number]))["name"] == "transfer"

    assert len(tool_schema._MADE) == MOST
