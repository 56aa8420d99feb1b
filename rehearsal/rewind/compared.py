"""Two runs of the rest of a call, turn by turn, and the first difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rehearsal.course import exchanges
from switchboard.ledger.difference import Difference, difference
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    CallTransferred,
    Ended,
    EndReason,
    Event,
    HandoffAsked,
    HandoffDone,
    PersonSpoke,
    PersonStep,
    Remembered,
    Repeated,
    RescueStep,
    SaidNotDone,
    ToolCalled,
    ToolReturned,
    VerificationHeld,
)
from switchboard.line.workflow import AgentType, NamedTool, Workflow
from switchboard.redaction.redactor import Redactor

SAID = (CallerSpoke, AgentSpoke, PersonSpoke)
DONE = (
    *(ToolCalled, ToolReturned, Repeated, SaidNotDone, Remembered, VerificationHeld, HandoffAsked, HandoffDone),
    *(CallTransferred, PersonStep, RescueStep, Ended),
)
"""What counts, besides what is said. The rest tells of times, of sound and of the service."""
OF_THE_LINE: frozenset[EndReason] = frozenset(("goodbye", "transferred", "callback", "unserved"))
"""Who ends a call otherwise is not there any more, or no longer wanted: the one who types hangs up."""


@dataclass(frozen=True)
class Round:
    """A turn of the caller, and all that came of it before the next one, in both runs."""

    number: int
    then: Sequence[Event]
    now: Sequence[Event]
    retold: Sequence[Retold]
    """Who answers here for the first time since, with other words or tools than then."""


@dataclass(frozen=True)
class Retold:
    """Somebody, or something, of another version."""

    agent: str
    what: str
    """As versions name it: "prompt:support"."""
    then: str
    now: str


@dataclass(frozen=True)
class Compared:
    """The rest of a call, then and now."""

    rounds: Sequence[Round]
    happened: Difference | None
    """The first thing that went otherwise."""
    turn: int | None
    """The turn of the first difference, be it in what was told or in what happened; None: all is the same."""


def compared(
    then: Sequence[Event],
    now: Sequence[Event],
    first: int,
    versions: Mapping[str, str],
    line: Workflow,
    redactor: Redactor,
) -> Compared:
    """The rest from turn `first` on. `versions` are what the call ran with, `line` what it runs with now.

    How long a tool takes is a time like others: what it does is compared apart from what is said meanwhile.
    """
    left, right = (list(_kept(events, redactor)) for events in (then, now))
    happened = difference(_in_order(left), _in_order(right))
    rounds = _rounds(left, right, first, _told_otherwise(versions, line))
    turns = [each.number for each in rounds if each.retold or (happened and _has(each, happened))]
    return Compared(rounds, happened, min(turns, default=None))


def _kept(events: Iterable[Event], redactor: Redactor) -> Iterator[Event]:
    """What counts, as far as both runs can know it."""
    for event in events:
        match event:
            case CallerSpoke() | AgentSpoke() | PersonSpoke():
                yield event.model_copy(update={"text": redactor.text(event.text)})
            case ToolCalled():
                yield event.model_copy(update={"arguments": redactor.json(event.arguments)})
            case ToolReturned():
                yield event.model_copy(update={"result": redactor.text(event.result)})
            case Remembered():  # a field that was left out is as one that is not known
                state = {name: each for name, each in redactor.fields(event.state).items() if each is not None}
                yield event.model_copy(update={"state": state})
            case HandoffDone():
                yield event.model_copy(update={"socket_kept": True})
            case Ended() if event.reason not in OF_THE_LINE:
                yield event.model_copy(update={"reason": "caller_left"})
            case _ if isinstance(event, DONE):
                yield event


def _turns(events: Sequence[Event]) -> list[list[Event]]:
    return [of_turn for _, of_turn in exchanges(events) if of_turn]


def _in_order(events: Sequence[Event]) -> list[Event]:
    """In each turn what was done, and then what was said."""
    ordered: list[Event] = []
    for turn in _turns(events):
        ordered += sorted(turn, key=lambda event: not isinstance(event, CallerSpoke) and isinstance(event, SAID))
    return ordered


def _rounds(
    then: Sequence[Event], now: Sequence[Event], first: int, retold: Mapping[str, Sequence[Retold]]
) -> list[Round]:
    rounds, met = [], set[str]()
    both = zip_longest(_turns(then), _turns(now), fillvalue=list[Event]())
    for number, (left, right) in enumerate(both, start=first):
        here = dict.fromkeys(agent for event in (*left, *right) if (agent := _answers(event)) and agent not in met)
        met.update(here)
        rounds.append(Round(number, left, right, tuple(each for agent in here for each in retold.get(agent, ()))))
    return rounds


def _answers(event: Event) -> str | None:
    return event.agent if isinstance(event, AgentSpoke | ToolCalled) else None


def _told_otherwise(versions: Mapping[str, str], line: Workflow) -> Mapping[str, Sequence[Retold]]:
    """By agents. Of a call whose versions nobody wrote down, nothing."""
    if not versions:
        return {}
    return {agent.name(): tuple(_retold(agent, versions, line)) for agent in line.agents}


def _retold(agent: AgentType, versions: Mapping[str, str], line: Workflow) -> Iterator[Retold]:
    tools = [f"tool:{tool.info.name}" for tool in agent.toolbox if isinstance(tool, NamedTool)]
    for what in (f"prompt:{agent.name()}", *tools):
        then, now = versions.get(what, ""), line.versions[what]
        if then != now:
            yield Retold(agent.name(), what, then, now)


def _has(each: Round, happened: Difference) -> bool:
    return any(event is happened.one for event in each.then) or any(event is happened.other for event in each.now)
