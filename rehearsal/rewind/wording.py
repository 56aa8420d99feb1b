"""Two runs in words, side by side: for terminals and pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rehearsal.rewind.compared import Compared, Round
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    CallTransferred,
    Ended,
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
)


@dataclass(frozen=True)
class Line:
    """One thing that happened. `differs`: the first difference is here."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Pair:
    """A turn in both runs."""

    turn: int
    then: Sequence[Line]
    now: Sequence[Line]
    first: bool
    """The first difference is in it."""


def pairs(both: Compared) -> Sequence[Pair]:
    """Turn by turn."""
    return [
        Pair(each.number, list(_lines(each, both, then=True)), list(_lines(each, both, then=False)), first)
        for each in both.rounds
        for first in [each.number == both.turn]
    ]


def summary(both: Compared) -> str:
    """A sentence: where the first difference is, and what."""
    if both.turn is None:
        return "Both are the same to the end, times aside."
    here = next(each for each in both.rounds if each.number == both.turn)
    if here.retold:
        what = ", ".join(each.what for each in here.retold)
        more = (
            "what is said and done is the same" if both.happened is None else f"in what happens it is {both.happened}"
        )
        return f"The first difference is in turn {both.turn}: {here.retold[0].agent} has another {what}; {more}."
    return f"The first difference is in turn {both.turn}, in what happens: {both.happened}."


def _lines(each: Round, both: Compared, *, then: bool) -> Iterator[Line]:
    events = each.then if then else each.now
    told = [
        Line(f"{one.agent} has {one.what}, {(one.then if then else one.now) or 'none'}", differs=True)
        for one in each.retold
    ]
    for event in events:
        marked = both.happened is not None and event is (both.happened.one if then else both.happened.other)
        if text := _told(event) or (event.kind if marked else ""):
            yield Line(text, marked)
        if isinstance(event, CallerSpoke):
            yield from told


def _told(event: Event) -> str:
    """ "" for what tells nothing that is not told beside it."""
    match event:
        case CallerSpoke():
            return f"caller: {event.text}"
        case AgentSpoke():
            return f"{event.agent}: {event.text}{' (interrupted)' if event.interrupted else ''}"
        case PersonSpoke():
            return f"{event.target}: {event.text}"
        case ToolCalled():
            return f"{event.agent} calls {event.tool}{_values(event.arguments)}"
        case ToolReturned():
            return f"{event.tool} {'fails' if event.failed else 'gives'}: {event.result}" if event.result else ""
        case Remembered():
            name = event.verified["name"] if event.verified else "nobody"
            return f"known{_values({**event.state, 'verified': name})}"
        case HandoffAsked():
            return ""  # whoever called for it has been told
        case HandoffDone():
            return f"{event.source} hands over to {event.target}"
        case Repeated():
            return f"{event.agent} calls {event.tool} again, {event.times} times"
        case SaidNotDone():
            return f"{event.agent} claims what was not done: {event.text}"
        case PersonStep() | CallTransferred() | RescueStep():
            return f"{event.kind}: {event.target}"
        case Ended():
            return f"ends: {event.reason}"
        case _:
            return event.kind


def _values(values: dict[str, object]) -> str:
    return f"({', '.join(f'{name}: {value}' for name, value in values.items())})" if values else ""
