"""A line with other prompts, for a call that is only tried out: the line itself stays as it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from switchboard.line.workflow import AgentType, Edge, Handoff, Workflow


def reworded(line: Workflow, prompts: Mapping[str, str]) -> Workflow:
    """`line` with these prompts in place of those of the agents that they are named after.

    Raises `WorkflowError` for a prompt that the line cannot have.
    """
    agents = {agent: _with(agent, prompts[agent.name()]) for agent in line.agents if agent.name() in prompts}

    def edge(each: Edge) -> Edge:
        if isinstance(each, Handoff):
            return replace(each, target=agents.get(each.target, each.target))
        return agents.get(each, each) if isinstance(each, type) else each

    return replace(
        line,
        start=agents.get(line.start, line.start),
        handoffs={agents.get(agent, agent): tuple(map(edge, edges)) for agent, edges in line.handoffs.items()},
        voices={agents.get(agent, agent): voice for agent, voice in line.voices.items()},
    )


def _with(agent: AgentType, prompt: str) -> AgentType:
    own = {"__module__": agent.__module__, "prompt": classmethod(lambda _: prompt.strip())}
    return cast(AgentType, type(agent.__name__, (agent,), own))
