"""Prompts that the service keeps, and how many calls an answer makes."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.test_mcp import TEXT
from tests.simulator.wire import Event, connect

PROMPTS = {
    "pmpt_1": {"1": "Be old.", "2": "Be kind to {{ name }}, {{name}} of {{place}}."},
    "pmpt_2": {"1": "Be brief."},
}
OPTIONS = Options(prompts=PROMPTS)
VARIABLES = {"name": "Anna", "place": {"type": "input_text", "text": "{{name}}'s Hall"}}
KIND = {"id": "pmpt_1", "variables": VARIABLES}
KIND_WORDS = "Be kind to Anna, Anna of {{name}}'s Hall."


async def told(session: Event, response: Event, options: Options = OPTIONS) -> tuple[str, str]:
    """What the mind is told: the session's instructions, and what the response adds."""
    mind = Given()
    async with Simulator(mind, options) as simulator, connect(simulator) as wire:
        await wire.ask("session.update", "session.updated", session={"type": "realtime", **TEXT, **session})
        await wire.ask("response.create", "response.done", response=response)
    return mind.requests[0].instructions, mind.requests[0].extra


@pytest.mark.parametrize(
    ("session", "response", "instructions", "extra"),
    [
        ({"prompt": KIND}, {}, KIND_WORDS, ""),
        ({"prompt": {"id": "pmpt_1", "version": "1"}}, {}, "Be old.", ""),
        ({"prompt": {"id": "pmpt_2"}, "instructions": "Be loud."}, {}, "Be loud.", ""),
        ({"prompt": None, "instructions": "Be loud."}, {}, "Be loud.", ""),
        ({}, {"prompt": {"id": "pmpt_2"}}, "", "Be brief."),
        ({"instructions": "Be loud."}, {"prompt": {"id": "pmpt_2"}}, "Be loud.", "Be brief."),
        ({}, {"prompt": {"id": "pmpt_2"}, "instructions": "Be quick."}, "", "Be quick."),
    ],
)
async def test_a_prompt_stands_for_instructions_where_there_are_none(
    session: Event, response: Event, instructions: str, extra: str
) -> None:
    assert await told(session, response) == (instructions, extra)


async def test_without_prompts_of_its_own_the_simulator_takes_any() -> None:
    assert await told({"prompt": {"id": "any"}}, {"prompt": {"id": "other"}}, Options()) == ("", "")


async def test_a_prompt_holds_until_the_session_names_another() -> None:
    mind = Given()
    async with Simulator(mind, OPTIONS) as simulator, connect(simulator) as wire:
        changes: list[Any] = [{"prompt": {"id": "pmpt_2"}}, {"tools": []}, {"prompt": KIND}, {"prompt": None}]
        for change in changes:
            await wire.ask("session.update", "session.updated", session={"type": "realtime", **TEXT, **change})
            await wire.ask("response.create", "response.done")
    assert [request.instructions for request in mind.requests] == ["Be brief.", "Be brief.", KIND_WORDS, ""]


@pytest.mark.parametrize(
    ("prompt", "param", "message"),
    [
        ({"id": "pmpt_3"}, "id", "Prompt with id 'pmpt_3' not found."),
        ({"id": "pmpt_1", "version": "3"}, "version", "Prompt with id 'pmpt_1' and version '3' not found."),
        ({"id": "pmpt_1"}, "variables", "Missing prompt variables: name, place."),
        ({"id": "pmpt_1", "variables": {"name": "Anna"}}, "variables", "Missing prompt variables: place."),
    ],
)
async def test_a_prompt_that_cannot_be_used_is_refused_with_the_whole_event(
    prompt: Event, param: str, message: str
) -> None:
    mind = Given()
    async with Simulator(mind, OPTIONS) as simulator, connect(simulator) as wire:
        session = {"type": "realtime", "instructions": "Be loud.", "prompt": prompt}
        for place, event in (("session", {"session": session}), ("response", {"response": {"prompt": prompt}})):
            error = await wire.error("session.update" if place == "session" else "response.create", **event)
            assert (error["code"], error["param"]) == ("invalid_value", f"{place}.prompt.{param}")
            assert error["message"] == message
        await wire.ask("response.create", "response.done", response=TEXT)
    assert [request.instructions for request in mind.requests] == [""]


@pytest.mark.parametrize(
    ("session", "response", "calls"),
    [
        ({}, {}, ["look", "end"]),
        ({"parallel_tool_calls": True}, {}, ["look", "end"]),
        ({"parallel_tool_calls": False}, {}, ["look"]),
        ({"parallel_tool_calls": None}, {}, ["look", "end"]),
        ({}, {"parallel_tool_calls": False}, ["look"]),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": True}, ["look", "end"]),
        ({"parallel_tool_calls": False}, {"parallel_tool_calls": None}, ["look"]),
    ],
)
async def test_where_calls_are_not_made_in_parallel_an_answer_makes_one(
    session: Event, response: Event, calls: list[str]
) -> None:
    mind = Given([CallTool("look", {}), Say("One moment."), CallTool("end", {})])
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await wire.ask("session.update", "session.updated", session={"type": "realtime", **TEXT, **session})
        done = await wire.ask("response.create", "response.done", response=response)
    output = done["response"]["output"]
    assert [item["name"] for item in output if item["type"] == "function_call"] == calls
    assert [item["type"] for item in output].count("message") == 1
