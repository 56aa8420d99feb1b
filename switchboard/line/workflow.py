"""A line as data: which agents it has, who hands to whom, in which voice. What cannot work is refused at import."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from livekit.agents import llm
from pydantic import BaseModel

from switchboard.ledger.rules import RULES, Rule
from switchboard.line.agent import VoiceAgent
from switchboard.line.business import Business
from switchboard.line.callback import Callback
from switchboard.line.context import Context, Everything
from switchboard.line.face import Face, completed
from switchboard.line.front import Front
from switchboard.line.parts import called, no_tuple, problems_of_state, problems_of_tool
from switchboard.line.shown import Shown, shown
from switchboard.line.versions import versions_of
from switchboard.line.voices import NativeVoice, Voice
from switchboard.line.words import Words

AgentType = type[VoiceAgent]

TOOL_IN_PROMPT = re.compile(
    r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`"
    r"|\b(?:[Cc]all|[Uu]se|[Rr]un|[Ii]nvoke)(?:s|ing)? (?:the tool )?`([a-z][a-z0-9]*)`|`([a-z][a-z0-9]*)\(\)`"
)
"""A name with an underscore is a tool's; one word is, where it is told to be called, and may be anything elsewhere."""
END_CALL = "end_call"


class WorkflowError(ValueError):
    """A graph that cannot work; the message names the line, the agent and the edge."""


class NoState(BaseModel):
    """The state of a line that keeps none."""


@dataclass(frozen=True)
class Handoff:
    """An edge that is more than its target: with a context policy, or announced to the caller."""

    target: AgentType
    context: Context = field(default_factory=Everything)
    announce: str | None = None
    """What the leaving agent says, word for word; None: the transfer is silent."""


@dataclass(frozen=True)
class Destination:
    """Somebody outside of the line, whose phones stand in the settings (`PHONE_PEOPLE`) under the same name."""

    name: str
    """As people say it, such as "shop desk"."""
    purpose: str
    """When a caller belongs there, in a sentence: the description of the tool that leads there."""
    face: Face = field(default=Face(), kw_only=True)
    """How pages show it."""

    @property
    def id(self) -> str:
        """The name as part of a tool's, and as pages know it."""
        return self.name.replace(" ", "_")


@dataclass(frozen=True)
class Number(Destination):
    """A place that a caller on the phone can be put through to for good: a cold transfer."""


@dataclass(frozen=True)
class Person(Destination):
    """A person who is rung and briefed, and joined to the caller if they accept: a warm transfer."""

    calling: str = "I'm calling a colleague now. Please stay on the line."
    """What the caller hears, word for word, if the agent has said nothing itself."""
    waiting: str = "Thank you for waiting. I'm still trying to reach my colleague."
    """What they hear now and then while they wait, between the music."""


Edge = AgentType | Handoff | Number | Person
Rescue = Person | Number | Callback
"""Whoever, or whatever, takes a caller whom the realtime service does not serve any more."""


@dataclass(frozen=True)
class Workflow:
    """A line. Raises `WorkflowError` for a graph that cannot work."""

    name: str
    start: AgentType
    handoffs: Mapping[AgentType, tuple[Edge, ...]]
    voices: Mapping[AgentType, Voice] = field(default_factory=dict)
    """Agents with a voice other than the native one."""
    state: type[BaseModel] = NoState
    """What the line remembers of a call; an empty one is made when the call begins."""
    discloses_automation: bool = True
    """The first agent says that it is an automated assistant."""
    max_handoffs: int = 8
    """The call's budget; past it the agent at hand finishes the call."""
    secrets: frozenset[str] = frozenset()
    """Names of tool arguments, such as a PIN or a password, whose values are kept nowhere: whatever has been such an
    argument once is masked in all that the call has said, done and remembered."""
    takes_up: bool = False
    """Whoever calls again within `CALL_AGAIN_MINUTES` of a call that broke off begins where they were, unverified."""
    front: Front = field(default_factory=Front)
    """What callers see of the line before they call."""
    words: Words = field(default_factory=Words)
    """What callers hear while they wait, and when nobody else can say anything."""
    rescues: tuple[Rescue, ...] | None = None
    """Who takes the caller when the service does not come back, each tried when the one before it could not. After the
    last the call ends with an apology. None: the line's people. A number is for callers on the phone."""
    recorded: bool = False
    """Calls are recorded, where `RECORDINGS_URL` says where to: the first agent says so, and the caller's voice is kept
    from then on."""
    rules: tuple[Rule, ...] = ()
    """What is looked for in its calls besides what is in every line's."""
    playbook: Path | None = None
    """How the line's agents behave offline, on the simulator."""
    business: Business | None = None
    """What its tools work on: its tables are made, filled, checked and erased with the engine's."""

    def __post_init__(self) -> None:
        self._check_parts()
        self._check_names()
        self._check_edges()
        self._check_reachable()
        self._check_rescues()
        self._check_rules()
        self._check_faces()
        self._check_shown()
        for agent in self.agents:
            self._check_prompt(agent)

    @cached_property
    def agents(self) -> tuple[AgentType, ...]:
        """Every agent of the line, the first one first."""
        return tuple(dict.fromkeys([self.start, *self.handoffs]))

    def agent(self, name: str) -> AgentType:
        """The agent of that name; the first one if there is none (any more)."""
        return next((agent for agent in self.agents if agent.name() == name), self.start)

    def edges(self, agent: AgentType) -> tuple[Handoff, ...]:
        """Whom `agent` can hand the caller to."""
        declared = [edge for edge in self.handoffs.get(agent, ()) if not isinstance(edge, Destination)]
        return tuple(edge if isinstance(edge, Handoff) else Handoff(edge) for edge in declared)

    def numbers(self, agent: AgentType) -> tuple[Number, ...]:
        """Where `agent` can send a caller's phone."""
        return tuple(edge for edge in self.handoffs.get(agent, ()) if isinstance(edge, Number))

    def people(self, agent: AgentType) -> tuple[Person, ...]:
        """Whom `agent` can bring in."""
        return tuple(edge for edge in self.handoffs.get(agent, ()) if isinstance(edge, Person))

    @cached_property
    def places(self) -> tuple[Person | Number, ...]:
        """Everybody and everywhere outside of the line that one of its agents leads to."""
        places: list[Person | Number] = []
        for agent in self.agents:
            places += [*self.people(agent), *self.numbers(agent)]
        return tuple(dict.fromkeys(places))

    @cached_property
    def faces(self) -> Mapping[str, Face]:
        """How every agent, person and place is shown, by its id."""
        return completed(
            {agent.name(): agent.face for agent in self.agents} | {each.id: each.face for each in self.places}
        )

    @cached_property
    def shown(self) -> Mapping[str, Shown]:
        """What callers see of each tool of the agents, by its name."""
        return {name: words.completed(name) for name, words in self._words_of_tools()}

    @cached_property
    def rescued_by(self) -> tuple[Rescue, ...]:
        """The `rescues`, or those that are meant when there are none given."""
        if self.rescues is not None:
            return self.rescues
        return tuple(place for place in self.places if isinstance(place, Person))

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """By what it can be told later which words and tools a call ran with; made once, in some milliseconds."""
        return versions_of(self, self.agents)

    @cached_property
    def watched(self) -> tuple[Rule, ...]:
        """All that is looked for in its calls."""
        return (*RULES.values(), *self.rules)

    @cached_property
    def recorded_words(self) -> frozenset[str]:
        """All that is to be said when there may be nobody who can speak."""
        people = [place for place in self.rescued_by if isinstance(place, Person)]
        return frozenset([*self.words.all, *(words for each in people for words in (each.calling, each.waiting))])

    def voice(self, agent: AgentType) -> Voice:
        """In which voice `agent` speaks."""
        return self.voices.get(agent, NativeVoice())

    def tool_names(self, agent: AgentType) -> set[str]:
        """Every tool that `agent` has on this line, the engine's included."""
        transfers = {transfer_name(edge.target) for edge in self.edges(agent)}
        transfers |= {transfer_name(place) for place in (*self.numbers(agent), *self.people(agent))}
        return {tool.info.name for tool in agent.toolbox if isinstance(tool, NamedTool)} | transfers | {END_CALL}

    def _words_of_tools(self) -> Iterator[tuple[str, Shown]]:
        for agent in self.agents:
            for tool in agent.toolbox:
                if isinstance(tool, NamedTool):
                    yield tool.info.name, shown(tool)

    def _refuse(self, problem: str) -> NoReturn:
        raise WorkflowError(f"line {self.name}: {problem}")

    def _check_parts(self) -> None:
        """Before anything looks into them."""
        for name, value in (("rescues", self.rescues or ()), ("rules", self.rules)):
            if problem := no_tuple(value, called(value)):
                self._refuse(f"{name} {problem}")
        if isinstance(self.secrets, str):
            self._refuse(f"secrets is the text {self.secrets!r}; write frozenset({{{self.secrets!r}}})")
        if not isinstance(self.handoffs, Mapping):
            self._refuse("handoffs is no dictionary; write {Agent: (whom it hands over to, ...), ...}")
        for agent, edges in self.handoffs.items():
            self._check_agent(agent, "handoffs")
            if problem := no_tuple(edges, called(edges)):
                self._refuse(f"handoffs of {agent.__name__} {problem}")
            for edge in edges:
                if not isinstance(edge, Destination):
                    self._check_agent(
                        edge.target if isinstance(edge, Handoff) else edge, f"handoffs of {agent.__name__}"
                    )
        self._check_agent(self.start, "start")
        for agent in self.agents:
            self._check_toolbox(agent)
        for problem in problems_of_state(self.state):
            self._refuse(f"the state {self.state.__name__} {problem}")

    def _check_agent(self, agent: object, where: str) -> None:
        if not (isinstance(agent, type) and issubclass(agent, VoiceAgent)):
            self._refuse(f"{where} has {called(agent)}, which is no agent's class, no Handoff, Person or Number")

    def _check_toolbox(self, agent: AgentType) -> None:
        if problem := no_tuple(agent.toolbox, called(agent.toolbox)):
            self._refuse(f"the toolbox of {agent.__name__} {problem}")
        for tool in agent.toolbox:
            for problem in problems_of_tool(tool):
                self._refuse(f"the tool {called(tool)} of {agent.__name__} {problem}")

    def _check_names(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.name):
            self._refuse("the name must be lower-case letters, digits and dashes")
        named: dict[str, AgentType] = {}
        for agent in self.agents:
            if (other := named.setdefault(agent.name(), agent)) is not agent:
                self._refuse(f"two agents are named {agent.name()}: {_where(other)} and {_where(agent)}")

    def _check_edges(self) -> None:
        for agent in self.agents:
            targets = [edge.target for edge in self.edges(agent)]
            for target in targets:
                edge = f"{agent.__name__} -> {target.__name__}"
                if target not in self.handoffs and target is not self.start:
                    self._refuse(f"{edge}: {target.__name__} is not declared; give it an entry in handoffs")
                if target is agent:
                    self._refuse(f"{edge}: an agent cannot hand the caller to itself")
                if targets.count(target) > 1:
                    self._refuse(f"{edge} is declared twice")
            self._check_places(agent)
        for agent in self.voices:
            if agent not in self.agents:
                self._refuse(f"voices names {agent.__name__}, which is not an agent of this line")

    def _check_places(self, agent: AgentType) -> None:
        taken = {transfer_name(each) for each in self.agents}
        for place in (*self.numbers(agent), *self.people(agent)):
            edge = f"{agent.__name__} -> {place.name!r}"
            if not re.fullmatch(r"[a-z][a-z0-9]*( [a-z0-9]+)*", place.name):
                self._refuse(f"{edge}: the name must be lower-case words")
            if not place.purpose.strip():
                self._refuse(f"{edge}: it has no purpose")
            if transfer_name(place) in taken:
                self._refuse(f"{edge}: an agent, a number or a person has that name")
            taken.add(transfer_name(place))

    def _check_reachable(self) -> None:
        reached, ahead = {self.start}, [self.start]
        while ahead:
            for edge in self.edges(ahead.pop()):
                if edge.target not in reached:
                    reached.add(edge.target)
                    ahead.append(edge.target)
        for agent in self.agents:
            if agent not in reached:
                self._refuse(f"{agent.__name__} cannot be reached from {self.start.__name__}; add an edge to it")

    def _check_rescues(self) -> None:
        rescues = self.rescued_by
        for rescue in rescues:
            name = "a callback" if isinstance(rescue, Callback) else repr(rescue.name)
            if not isinstance(rescue, Callback) and rescue not in self.places:
                self._refuse(f"rescues names {name}, which is no person and no number of this line")
            if rescues.count(rescue) > 1:
                self._refuse(f"rescues names {name} twice")

    def _check_rules(self) -> None:
        names = [rule.name for rule in self.watched]
        if twice := next((name for name in names if names.count(name) > 1), None):
            self._refuse(f"two rules are named {twice}")

    def _check_faces(self) -> None:
        faces = [(agent.__name__, agent.face) for agent in self.agents]
        for name, face in [*faces, *((repr(place.name), place.face) for place in self.places)]:
            if not isinstance(face, Face):
                self._refuse(f"{name}: its face is {face!r}; write Face({face!r})")
            for problem in face.problems():
                self._refuse(f"{name}: {problem}")
        labels = [face.label for face in self.faces.values()]
        if twice := next((label for label in labels if labels.count(label) > 1), None):
            self._refuse(f"two of its faces are labelled {twice!r}; a caller could not tell them apart")
        for problem in self.front.problems():
            self._refuse(problem)

    def _check_shown(self) -> None:
        known: dict[str, Shown] = {}
        for tool, words in self._words_of_tools():
            for problem in words.problems():
                self._refuse(f"the tool {tool}: {problem}")
            if known.setdefault(tool, words) != words:
                self._refuse(f"two tools are named {tool} and show callers different words; give both the same @shows")

    def _check_prompt(self, agent: AgentType) -> None:
        for attribute in ("purpose", "opening"):
            if not getattr(agent, attribute, "").strip():
                self._refuse(f"{agent.__name__} has no {attribute}")
        try:
            prompt = agent.prompt()
        except FileNotFoundError:
            self._refuse(f"{agent.__name__} has no prompt: write {agent.prompt_file()}")
        named = {name for each in TOOL_IN_PROMPT.findall(prompt) for name in each if name}
        missing = sorted(named - self.tool_names(agent))
        if missing:
            self._refuse(
                f"the prompt of {agent.__name__} names `{missing[0]}`, a tool that it does not have; "
                f"it has {', '.join(sorted(self.tool_names(agent)))}"
            )


NamedTool = (llm.FunctionTool, llm.RawFunctionTool)


def transfer_name(target: AgentType | Destination) -> str:
    """The name of the tool that leads to `target`."""
    return f"transfer_to_{target.id if isinstance(target, Destination) else target.name()}"


def _where(agent: AgentType) -> str:
    return f"{agent.__module__}.{agent.__qualname__}"
