"""A moment of a call in the ledger: what was before it, as a call begins with that, and what came after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from rehearsal.blanks import ALL_WORDS, examples_of_secrets, with_examples
from rehearsal.callers_turns import callers_turns, in_order
from rehearsal.results import results_on
from rehearsal.rewind.talk import talk_of
from rehearsal.scenario import Person, Recorded, Turn
from switchboard.call.call import Caller, Verified
from switchboard.call.resume import Past, past_of
from switchboard.call.truth import MOVE
from switchboard.ledger.events import (
    Answered,
    CallerSpoke,
    Ended,
    Erased,
    Event,
    HandoffDone,
    Remembered,
    ToolCalled,
    ToolReturned,
)
from switchboard.line.workflow import Workflow


class RewindError(Exception):
    """It cannot be done; the text says why, and what can."""


@dataclass(frozen=True)
class Moment:
    """When the caller begins their turn number `turn`; the first one is 1."""

    turn: int
    turns: int
    """How many the call has."""
    past: Past
    before: tuple[Event, ...]
    """Up to that turn, as the ledger has it."""
    rest: tuple[Event, ...]
    """From that turn to the end, as the ledger has it."""
    person: Person
    """Who does the same from there on."""
    given: Sequence[Recorded]
    """What tools gave from there on."""
    given_before: Sequence[Recorded]
    secrets: Sequence[str]
    """Examples that stand for them in all of that."""

    @property
    def answered(self) -> Answered:
        """How the call began."""
        return next(event for event in self.past.happened if isinstance(event, Answered))

    @property
    def began(self) -> datetime:
        """When it did."""
        return next(event.wall for event in self.past.happened if event.wall)


def moment_of(call_id: str, events: Sequence[Event], earlier: Sequence[Event], line: Workflow, turn: int) -> Moment:
    """That of the call with these events, which is over. `earlier` are those of the call that it goes on from, if any.

    Raises `RewindError`.
    """
    if any(isinstance(event, Erased) for event in events):
        raise RewindError(f"The words of {call_id} were removed, so nobody knows what the caller said.")
    events = in_order(events)
    turns = [place for place, event in enumerate(events) if isinstance(event, CallerSpoke)]
    if not turns:
        raise RewindError(f"In {call_id} the caller said nothing, so there is no turn to take it up at.")
    if not 1 <= turn <= len(turns):
        raise RewindError(f"{call_id} has no turn {turn}: the caller's turns are 1 to {len(turns)}.")
    if not any(isinstance(event, Ended) for event in events):
        raise RewindError(f"{call_id} has no end: it still runs, or its worker is gone. Take a call that is over.")
    place = turns[turn - 1]
    lived = list(with_examples(events, line.state))
    person = Person(says=tuple(Turn.model_validate(each) for each in list(callers_turns(lived))[turn - 1 :]))
    if tool := person.says[0].during or _running(events[:place]):
        raise RewindError(
            f"Turn {turn} of {call_id} began while {tool} ran, or before anybody had said what it gave, and nobody can "
            "be put into the middle of that. Take an earlier or a later one."
        )
    given, before = _given(lived, line), _given(lived[:place], line)
    return Moment(
        turn=turn,
        turns=len(turns),
        past=_past(call_id, list(with_examples(events[:place], line.state, ALL_WORDS)), earlier, line),
        before=tuple(events[:place]),
        rest=tuple(events[place:]),
        person=person,
        given=given[len(before) :],
        given_before=before,
        secrets=examples_of_secrets(events),
    )


def _given(events: Sequence[Event], line: Workflow) -> Sequence[Recorded]:
    """What the agents' own tools gave in it."""
    return [Recorded.model_validate(each) for each in results_on(line, events)]


def _past(call_id: str, before: Sequence[Event], earlier: Sequence[Event], line: Workflow) -> Past:
    agent = [had for event in before if (had := _taken_by(event))][-1]
    if agent not in {each.name() for each in line.agents}:
        raise RewindError(f"The line {line.name} has no agent `{agent}` any more, who had the caller then.")
    memories = [event for event in before if isinstance(event, Remembered)]
    state = memories[-1].state if memories else {}
    try:
        line.state.model_validate(state)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise RewindError(f"What {call_id} knew is no state of the line {line.name} any more: {fields}.") from None
    proved = memories[-1].verified if memories else None
    note = None
    if earlier:
        opened = next((event.verified for event in before if isinstance(event, Remembered)), None)
        note = past_of("", earlier, timedelta(0)).note(_standing(opened))
    return Past(
        call_id,
        agent,
        state,
        Verified(**proved) if proved else None,
        (),
        tuple(before),
        talk=talk_of(before, line, note),
    )


def _standing(verified: dict[str, str] | None) -> str:
    return Caller(verified=Verified(**verified) if verified else None).standing


def _taken_by(event: Event) -> str | None:
    if isinstance(event, Answered):
        return event.agent
    return event.target if isinstance(event, HandoffDone) else None


def _running(before: Sequence[Event]) -> str | None:
    """A tool that had been called, and had not done its work."""
    running: dict[str, str] = {}
    for event in before:
        match event:
            case ToolCalled():
                running[event.call_id] = event.tool
            case ToolReturned() if event.failed or not event.tool.startswith(MOVE):
                running.pop(event.call_id, None)
            case HandoffDone():
                running = {name: tool for name, tool in running.items() if tool != f"{MOVE}{event.target}"}
    return next(iter(running.values()), None)
