"""A scenario made of a call in the ledger: what the caller said, what tools gave, and what held."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rehearsal.blanks import BLANK, pattern_of, with_examples
from rehearsal.callers_turns import callers_turns, in_order
from rehearsal.course import exchanges, who_had
from rehearsal.judge import OF_TIME
from rehearsal.results import arguments_of, results_on
from simulator.strict_yaml import written
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    CallTransferred,
    Erased,
    Event,
    Failed,
    PersonStep,
    Recording,
    Recovered,
    ToolCalled,
    ToolReturned,
)
from switchboard.line.workflow import Workflow
from switchboard.operate.scenarios import NoScenarioError
from switchboard.operate.story import CallStory

SCHEMA = "# yaml-language-server: $schema=../scenario.schema.json"
OFFLINE = "simulator"
"""Who answers in a scenario. What another provider's agents said they would say otherwise, and is not expected."""
SAME_END = frozenset(("goodbye", "caller_left"))
"""How a call with a caller who types can end."""


def scenario_of(story: CallStory, line: Workflow | None) -> str:
    """As a YAML file. Raises `NoScenarioError`."""
    if line is None:
        raise NoScenarioError(f"There is no line {story.call.line} any more")
    if any(isinstance(event, Erased) for event in story.events):
        raise NoScenarioError("What was said in this call has been erased")
    answered = next((event for event in story.events if isinstance(event, Answered)), None)
    if answered is None:
        raise NoScenarioError("Nobody has answered this call")
    events = in_order(story.events)
    lived = list(with_examples(events, line.state))
    document = {
        "about": f"The call {story.call.id} of {story.call.started_at:%d %B %Y}.",
        "line": line.name,
        "caller": {"says": [_short(turn) for turn in callers_turns(lived)]},
        "tools": results_on(line, lived),
        "holds": dict(_holds(story, events, line, heard=answered.provider == OFFLINE)),
    }
    notes = [f"# {note}" for note in _notes(story, answered)]
    return "\n".join([SCHEMA, *notes, written(document)])


def _short(turn: dict[str, Any]) -> dict[str, Any] | str:
    return turn["says"] if turn.keys() == {"says"} else turn


def _holds(story: CallStory, events: Sequence[Event], line: Workflow, heard: bool) -> Iterator[tuple[str, Any]]:
    yield "agents", who_had(events)
    said_after = _announced(events) if heard else len(story.events)
    yield "turns", [_exchange(of_turn, events, said_after) for _, of_turn in exchanges(events)]
    if story.call.outcome in SAME_END:
        yield "ended", story.call.outcome
    watched = {rule.name for rule in line.watched} - OF_TIME
    strikes = sorted({found.rule for found in story.findings} & watched)
    if strikes and not any(map(_is_a_fault, events)):
        yield "strikes", strikes


def _announced(events: Sequence[Event]) -> int:
    """The event before which agents say what is not said here: that the call is recorded."""
    told = (event.seq for event in events if isinstance(event, Recording) and event.stage == "announced")
    return next(told, 0)


def _exchange(of_turn: Sequence[Event], events: Sequence[Event], said_after: int) -> dict[str, Any]:
    returned = {event.call_id: event for event in events if isinstance(event, ToolReturned)}
    calls = [_call(event, returned.get(event.call_id)) for event in of_turn if isinstance(event, ToolCalled)]
    says = [pattern_of(event.text) for event in of_turn if isinstance(event, AgentSpoke) and event.seq > said_after]
    return ({"calls": calls} if calls else {}) | ({"says": says} if says else {})


def _call(call: ToolCalled, back: ToolReturned | None) -> dict[str, Any] | str:
    """A tool's name alone, if there is no more to say."""
    told: dict[str, Any] = {"tool": call.tool}
    if arguments := arguments_of(call):
        told["with"] = arguments
    if back and back.result:
        told["gives"] = pattern_of(back.result)
    if back and back.failed:
        told["fails"] = True
    return call.tool if len(told) == 1 else told


def _notes(story: CallStory, answered: Answered) -> Iterator[str]:
    """What whoever reads the file should know."""
    yield "This was said in a call: read it before you give it to others, and tell in `about` what it shows."
    if story.call.outcome not in SAME_END:
        yield f"It ended otherwise than a call can here: {story.call.outcome or 'it still ran'}."
    if answered.provider != OFFLINE:
        yield f"Agents' words are not expected: {answered.provider} had them say these, and here the simulator does."
    if answered.resumes:
        yield f"It went on from the call {answered.resumes}: what was known from there is not known here."
    yield from (note for note, kinds in HAPPENED if any(kinds(event) for event in story.events))


def _is_a_fault(event: Event) -> bool:
    return isinstance(event, Failed | Recovered)


def _has_examples(event: Event) -> bool:
    text = event.text if isinstance(event, CallerSpoke) else event.result if isinstance(event, ToolReturned) else ""
    return BLANK.search(text) is not None


HAPPENED: Sequence[tuple[str, Callable[[Event], bool]]] = (
    ("Where the ledger keeps nothing, such as what was typed, there are examples: write others if they lead elsewhere.",
     _has_examples),
    ("The caller spoke over an agent: here they wait until it has spoken.",
     lambda event: isinstance(event, AgentSpoke) and event.interrupted),
    ("The call was recorded, and here it is not: what agents said until they had told the caller so is not expected.",
     lambda event: isinstance(event, Recording) and event.stage == "announced"),
    ("A person was rung, or the caller's phone sent elsewhere: here nobody can be.",
     lambda event: isinstance(event, PersonStep | CallTransferred)),
    ("The service failed, and here it does not, unless `faults` say so: rules that struck are not expected to.",
     _is_a_fault),
)  # fmt: skip
"""Notes, and the events that they are about."""
