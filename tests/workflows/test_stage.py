"""Nothing on the stage is copied: its tools are those that the engine offers, and the agents' own answer."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from app.playbooks import playbook_of
from app.rehearsals import house_of, plays_of
from rehearsal.house import House
from simulator.mind import Mind, Reply, Request, Tool
from switchboard.line.workflow import transfer_name
from tests.workflows.shop import TOOLS
from tests.workflows.stage import TOOLBOXES, World
from workflows.support_line import SUPPORT_LINE

LINES_OWN = {"end_call", *(transfer_name(target) for target in (*SUPPORT_LINE.agents, *SUPPORT_LINE.places))}


class Curious:
    """Answers as another mind, and keeps which tools it was offered by whom."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self.offered: dict[str, Mapping[str, Tool]] = {}

    def answer(self, request: Request) -> Reply:
        agent = request.instructions.split("`")[1]
        self.offered[agent] = {tool.name: tool for tool in request.tools}
        return self._mind.answer(request)

    def hear(self, session_id: str) -> str | None:
        return self._mind.hear(session_id)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with house_of(SUPPORT_LINE) as house:
        yield house


async def offered(house: House) -> Mapping[str, Mapping[str, Tool]]:
    """By each agent of the line, in a real call that reaches them all."""
    mind = Curious(playbook_of(SUPPORT_LINE))
    play = next(play for play in plays_of(SUPPORT_LINE) if play.file.stem == "back_from_escalation")
    verdict = await replace(house, mind=mind).play(play, 0)
    assert verdict.passed, verdict.misses
    return mind.offered


def parameters(tool: Tool) -> tuple[list[str], list[str]]:
    return sorted(tool.parameters["properties"]), sorted(tool.parameters.get("required", ()))


def test_every_tool_of_the_workflow_is_on_the_stage() -> None:
    for agent in SUPPORT_LINE.agents:
        assert set(TOOLBOXES[agent.name()]) == SUPPORT_LINE.tool_names(agent)


def test_every_tool_of_the_agents_is_run_itself() -> None:
    assert {name for tools in TOOLBOXES.values() for name in tools} - LINES_OWN == set(TOOLS)


async def test_an_agent_has_the_tools_on_the_stage_that_the_engine_gives_it(house: House) -> None:
    real = await offered(house)

    assert set(real) == set(TOOLBOXES)
    for agent, tools in real.items():
        staged = World().offers(agent)
        assert {name: parameters(tool) for name, tool in tools.items()} == {
            name: parameters(tool) for name, tool in staged.items()
        }
        assert all(tool.description.startswith(staged[name].description) for name, tool in tools.items())
