"""The lines that can be called, as a page draws them."""

from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from switchboard.http.errors import LineUnknown
from switchboard.line.workflow import Workflow

LINE_PATTERN = r"^[a-z][a-z0-9\-]{0,63}$"
LineName = Annotated[str, Path(pattern=LINE_PATTERN, description="The line's name.")]


class AgentAnswer(BaseModel):
    """An agent of a line, or a person whom one can bring in."""

    name: str
    voice: str = Field(description="`native`, `person`, or the vendor of a voice of its own.", examples=["cartesia"])


class EdgeAnswer(BaseModel):
    """Who can hand the caller to whom."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from")
    to: str
    announced: bool


class LineAnswer(BaseModel):
    """A line: its agents, the first of them, and the edges between them."""

    name: str
    start: str
    agents: list[AgentAnswer]
    edges: list[EdgeAnswer]


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
    agents = [AgentAnswer(name=agent.name(), voice=line.voice(agent).kind) for agent in line.agents]
    edges = [
        EdgeAnswer(from_=agent.name(), to=edge.target.name(), announced=edge.announce is not None)
        for agent in line.agents
        for edge in line.edges(agent)
    ]
    ways = [(agent, person) for agent in line.agents for person in line.people(agent) if person.name in people]
    agents += [AgentAnswer(name=name, voice="person") for name in dict.fromkeys(person.id for _, person in ways)]
    edges += [EdgeAnswer(from_=agent.name(), to=person.id, announced=True) for agent, person in ways]
    return LineAnswer(name=line.name, start=line.start.name(), agents=agents, edges=edges)
