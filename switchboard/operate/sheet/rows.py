"""What happened in a call, one row for each thing: the transcript, with all that was done between the words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    CallTransferred,
    Ended,
    Event,
    Failed,
    Filled,
    HandoffDone,
    PersonSpoke,
    PersonStep,
    Recovered,
    ToolCalled,
    ToolReturned,
)
from switchboard.ledger.rules import Finding
from switchboard.line.caption import readable
from switchboard.operate.sheet.cast import Cast
from switchboard.operate.sheet.markup import Markup, tag
from switchboard.operate.sheet.times import clock

QUIET = frozenset(("used", "turn", "remembered", "handoff_asked", "speaks"))
"""Kinds of events that are told elsewhere on the sheet, or need no row."""
PLACE = frozenset(("seq", "at", "wall", "kind"))


class Rows:
    """The rows of one call."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def all(self, events: Sequence[Event], found: Sequence[Finding]) -> list[Markup]:
        """In the order of the call; what a rule found stands where it struck."""
        told = [(event.at, self._row(event)) for event in events if event.kind not in QUIET]
        told += [(each.at, self._note(each.at, "finding", readable(each.rule), each.sentence)) for each in found]
        return [row for _, row in sorted(told, key=lambda row: row[0])]

    def _row(self, event: Event) -> Markup:
        at = event.at
        match event:
            case CallerSpoke():
                return self._said(at, "caller", "Caller", event.text)
            case AgentSpoke():
                cut = " (interrupted)" if event.interrupted else ""
                return self._said(at, self._agent(event.agent), self._cast.name(event.agent), f"{event.text}{cut}")
            case PersonSpoke():
                return self._said(at, "person", self._cast.name(event.target), event.text)
            case Filled():
                return self._said(
                    at, f"{self._agent(event.agent)} filler", self._cast.name(event.agent), event.text or "(music)"
                )
            case ToolCalled():
                return self._note(at, "tool", event.tool, _written(event.arguments))
            case ToolReturned():
                how = "failed" if event.failed else "returned"
                kind = "tool trouble" if event.failed else "tool"
                return self._note(at, kind, f"{event.tool} {how} after {event.ms:.0f} ms", event.result)
            case HandoffDone():
                return self._note(
                    at, "handoff", f"{self._cast.name(event.source)} → {self._cast.name(event.target)}", _silence(event)
                )
            case Failed():
                return self._note(at, "trouble", f"Error: {event.source}", event.message)
            case _:
                return self._note(at, "event", *_other(event, self._cast))

    def _agent(self, name: str) -> str:
        return f"agent c-{self._cast.colour(name)}"

    def _said(self, at: float, who: str, name: str, text: str) -> Markup:
        return _li(at, f"said {who}", tag("b", name, class_="who"), tag("p", text))

    def _note(self, at: float, kind: str, title: str, text: str) -> Markup:
        inside = [tag("b", title)] + (
            [tag("pre", text)] if "tool" in kind and text else [tag("span", text)] if text else []
        )
        return _li(at, f"note {kind}", *inside)


def _li(at: float, kind: str, *inside: str) -> Markup:
    time = clock(at, exact=True)
    return tag(
        "li", tag("a", time, href=f"#t={at:.2f}", class_="at"), tag("div", *inside), class_=kind, id=f"t={at:.2f}"
    )


def _silence(event: HandoffDone) -> str:
    silence = "" if event.silence_ms is None else f"{event.silence_ms:.0f} ms of silence, "
    spoke = "the caller spoke first" if event.spoke_ms is None else f"spoke after {event.spoke_ms:.0f} ms"
    return f"{silence}arrived after {event.arrived_ms:.0f} ms, {spoke}"


def _other(event: Event, cast: Cast) -> tuple[str, str]:
    match event:
        case Answered():
            return f"Answered by {cast.name(event.agent)}", f"line {event.line}, {event.provider}"
        case PersonStep():
            return f"{cast.name(event.target)}: {event.stage.replace('_', ' ')}", ""
        case CallTransferred():
            return f"Transferred to {cast.name(event.target)}", f"{event.outcome.replace('_', ' ')}, {event.ms:.0f} ms"
        case Recovered():
            return f"{readable(event.source)} is back", f"after {event.ms:.0f} ms"
        case Ended():
            return "Ended", event.reason.replace("_", " ")
        case _:
            fields = event.model_dump(mode="json", exclude=set(PLACE)).items()
            told = ", ".join(f"{name} {_value(value)}" for name, value in fields if value not in (None, "", False, []))
            return readable(event.kind), told


def _written(arguments: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_value(value)}" for name, value in arguments.items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
