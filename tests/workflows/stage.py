"""A stage for a playbook: it plays whole calls without a server, with the agents' own tools."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livekit.agents import llm

from simulator.mind import CallTool, Item, Mind, Request, Say, Tool
from switchboard.call.truth import Truth
from switchboard.ledger.events import ToolCalled, ToolReturned
from switchboard.line.claims import claims
from switchboard.line.context import Brief, brief_text
from switchboard.line.sentences import UNREACHED, WITH_YOU_AGAIN
from switchboard.line.workflow import END_CALL, AgentType, Destination, Handoff, Person, transfer_name
from tests.workflows.shop import TOOLS, Made, the_shop
from workflows.support_line import SUPPORT_LINE


def tool(name: str, parameters: Sequence[str] = (), description: str = "") -> Tool:
    """A tool as a session offers it, all of its parameters texts."""
    properties = {each: {"type": "string"} for each in parameters}
    return Tool(name, description, {"type": "object", "properties": properties, "required": list(parameters)})


def _as_model_sees(tool: llm.FunctionTool[Any, Any]) -> Tool:
    function = llm.utils.build_legacy_openai_schema(tool, internally_tagged=True)
    return Tool(function["name"], function["description"], function["parameters"])


def _transfer(edge: Handoff | Destination) -> Tool:
    """The tool of an edge: with the fields of a brief, where one is written."""
    briefed = isinstance(edge, Person) or (isinstance(edge, Handoff) and isinstance(edge.context, Brief))
    target = edge.target if isinstance(edge, Handoff) else edge
    return tool(
        transfer_name(target), list(inspect.signature(brief_text).parameters) if briefed else (), target.purpose
    )


def _toolbox(agent: AgentType) -> dict[str, Tool]:
    own = [_as_model_sees(each) for each in agent.toolbox if isinstance(each, llm.FunctionTool)]
    edges: list[Handoff | Destination] = [*SUPPORT_LINE.edges(agent), *_places(agent)]
    return {each.name: each for each in (*own, *map(_transfer, edges), tool(END_CALL))}


def _places(agent: AgentType) -> Sequence[Destination]:
    return (*SUPPORT_LINE.numbers(agent), *SUPPORT_LINE.people(agent))


AGENTS: Mapping[str, AgentType] = {agent.name(): agent for agent in SUPPORT_LINE.agents}
TOOLBOXES: Mapping[str, Mapping[str, Tool]] = {name: _toolbox(agent) for name, agent in AGENTS.items()}


@dataclass
class World:
    """What is behind the tools: the shop. `phone`: the caller's number is known."""

    phone: bool = True
    rung: bool = False
    """Places outside of the line can be reached by phone."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Tool -> what it returns whatever happens."""
    _made: Made = ()
    """The tools that were called so far."""

    def offers(self, agent: str) -> Mapping[str, Tool]:
        """The tools of an agent in this world."""
        rung = {transfer_name(place) for place in _places(AGENTS[agent])}
        return {name: each for name, each in TOOLBOXES[agent].items() if self.rung or name not in rung}

    def run(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What a tool of an agent returns. A transfer that works says nothing, and nobody who is rung picks up."""
        if name in self.fixed:
            return self.fixed[name]
        if name in TOOLS:
            self._made = (*self._made, (name, json.dumps(dict(arguments))))
            return the_shop().answer(self.phone, self._made)
        unreached = {transfer_name(place): place.name for place in SUPPORT_LINE.places}
        return UNREACHED.format(name=unreached[name], again=WITH_YOU_AGAIN) if name in unreached else ""


class Stage:
    """One call. `say` gives what the agents answer; `calls` are the tools called so far, `agent` has the caller."""

    def __init__(self, mind: Mind, agent: str = "greeter", world: World | None = None) -> None:
        self.mind = mind
        self.agent = agent
        self.world = world or World()
        self.items: list[Item] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.log: list[str] = []
        self._chain = 0
        """Where the calls since the caller's last words begin."""
        self.over = False
        self._truth = Truth(SUPPORT_LINE)

    def open(self) -> str:
        return self._respond(AGENTS[self.agent].opening)

    def say(self, words: str) -> str:
        self.log.append(f"  you: {words}")
        self._chain = len(self.calls)
        self._truth.next_turn()
        self.items.append(message("user", words, len(self.items)))
        return self._respond("")

    def request(self, extra: str = "") -> Request:
        tools = tuple(self.world.offers(self.agent).values())
        instructions = f"You are `{self.agent}` on the line `support-line`.\nBe kind."
        return Request(instructions, extra, tools, tuple(self.items), "audio", "s1")

    def _respond(self, extra: str) -> str:
        said: list[str] = []
        for _ in range(12):
            reply = self.mind.answer(self.request(extra))
            assert reply, "a reply is never empty"
            extra, again = "", False
            for part in reply:
                if isinstance(part, Say):
                    said.append(part.text)
                    self.log.append(f"{self.agent}: {part.text}")
                    self.items.append(message("assistant", part.text, len(self.items)))
                else:
                    extra, again = self._call(part)
            if not again:
                self._compare(said)
                return " ".join(said)
        raise AssertionError("the agent goes round in circles:\n" + "\n".join(self.log))

    def _compare(self, said: Sequence[str]) -> None:
        """Nobody says that something was done when no tool that does it was even called."""
        found = [claim for words in said for claim in claims(words, self._truth.deeds)]
        untrue = [claim.sentence for claim in found if not self._truth.holds(claim)]
        assert not untrue, f"said but not done: {untrue}\n" + "\n".join(self.log)

    def _call(self, call: CallTool) -> tuple[str, bool]:
        """What the next response is asked for with, and whether there is one."""
        assert call.name in self.world.offers(self.agent), f"{call.name} is not offered to {self.agent}"
        schema = TOOLBOXES[self.agent][call.name].parameters
        assert set(schema.get("required", ())) <= set(call.arguments) <= set(schema["properties"])
        made = (call.name, dict(call.arguments))
        assert made not in self.calls[self._chain :], "the same call twice:\n" + "\n".join(self.log)
        self.calls.append((call.name, call.arguments))
        self.log.append(f"      {call.name} {json.dumps(dict(call.arguments))}")
        number = len(self.items)
        self.items.append(
            Item(
                f"i{number}", "function_call", None, "", call.name, json.dumps(dict(call.arguments)), f"c{number}", None
            )
        )
        output = "" if call.name == "end_call" else self.world.run(call.name, call.arguments)
        self.items.append(Item(f"o{number}", "function_call_output", None, "", None, None, f"c{number}", output))
        told = {"agent": self.agent, "tool": call.name, "call_id": f"c{number}"}
        self._truth.note(ToolCalled.model_validate(told | {"arguments": {}}))
        self._truth.note(ToolReturned.model_validate(told | {"result": output, "failed": False, "ms": 0}))
        self.over = self.over or call.name == "end_call"
        if not call.name.startswith("transfer_to_"):
            return "", call.name != "end_call"
        if output:
            return "", True
        return self._hand_over(call), True

    def _hand_over(self, call: CallTool) -> str:
        """What the next agent opens with; what it knows is as the workflow says."""
        edges = {transfer_name(edge.target): edge for edge in SUPPORT_LINE.edges(AGENTS[self.agent])}
        edge = edges[call.name]
        if isinstance(edge.context, Brief):
            self.items = [message("system", brief_text(**call.arguments))]
        if edge.announce:
            self.items.append(message("assistant", edge.announce, len(self.items)))
        self.agent = edge.target.name()
        return edge.target.opening

    def called(self, name: str) -> list[Mapping[str, Any]]:
        return [arguments for tool, arguments in self.calls if tool == name]


def message(role: str, text: str, number: int = 0) -> Item:
    return Item(f"m{number}", "message", role, text, None, None, None, None)
