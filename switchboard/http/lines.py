"""The lines that can be called, as a page draws them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from switchboard.http.errors import LineUnknown
from switchboard.line.face import Colour
from switchboard.line.workflow import Workflow

LINE_PATTERN = r"^[a-z][a-z0-9\-]{0,63}$"
LineName = Annotated[str, Path(pattern=LINE_PATTERN, description="The line's name.")]


class AgentAnswer(BaseModel):
    """An agent of a line, or a person whom one can bring in."""

    name: str
    label: str = Field(description="What callers call it.", examples=["Order support"])
    role: str = Field(description="What it does for them, in a few words; empty where nobody has said so.")
    colour: Colour
    voice: str = Field(description="`native`, `person`, or the vendor of a voice of its own.", examples=["cartesia"])


class EdgeAnswer(BaseModel):
    """Who can hand the caller to whom."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from")
    to: str
    announced: bool


class ToolAnswer(BaseModel):
    """What a caller is shown of a tool."""

    name: str
    running: str = Field(examples=["Looking up your order"])
    done: str
    failed: str


class FrontAnswer(BaseModel):
    """What callers see of a line before they call."""

    brand: str = Field(description="Whom they call.")
    tagline: str
    title: str
    lead: str
    topics: list[str] = Field(description="What others say when they call.")


class LineAnswer(BaseModel):
    """A line: its agents, the first of them, and the edges between them. What is shown of it is text, never HTML."""

    name: str
    start: str
    front: FrontAnswer
    agents: list[AgentAnswer]
    edges: list[EdgeAnswer]
    tools: list[ToolAnswer]


class Lines:
    """The lines by name; the first one answers when none is named. `people`: who has a phone, in lower case."""

    def __init__(self, lines: Mapping[str, Workflow], people: Collection[str] = ()) -> None:
        self._lines = lines
        self._people = people

    def pick(self, name: str | None) -> Workflow:
        """The line of that name, or the first one. Raises `LineUnknown`."""
        if name is None:
            return next(iter(self._lines.values()))
        try:
            return self._lines[name]
        except KeyError:
            raise LineUnknown from None

    async def list(self) -> list[LineAnswer]:
        """All lines, the one that answers by default first."""
        return [as_answer(line, self._people) for line in self._lines.values()]

    async def show(self, name: LineName) -> LineAnswer:
        """One line."""
        return as_answer(self.pick(name), self._people)


def as_answer(line: Workflow, people: Collection[str] = ()) -> LineAnswer:
    """What of a line may be known to everyone. Persons who cannot be rung are left out."""
    agents = [_agent(line, agent.name(), line.voice(agent).kind) for agent in line.agents]
    edges = [
        EdgeAnswer(from_=agent.name(), to=edge.target.name(), announced=edge.announce is not None)
        for agent in line.agents
        for edge in line.edges(agent)
    ]
    ways = [(agent, person) for agent in line.agents for person in line.people(agent) if person.name in people]
    agents += [_agent(line, name, "person") for name in dict.fromkeys(person.id for _, person in ways)]
    edges += [EdgeAnswer(from_=agent.name(), to=person.id, announced=True) for agent, person in ways]
    front = FrontAnswer.model_validate(line.front.completed(line.name), from_attributes=True)
    tools = [ToolAnswer(name=name, **asdict(words)) for name, words in line.shown.items()]
    return LineAnswer(name=line.name, start=line.start.name(), front=front, agents=agents, edges=edges, tools=tools)


def _agent(line: Workflow, name: str, voice: str) -> AgentAnswer:
    return AgentAnswer(name=name, voice=voice, **asdict(line.faces[name]))
