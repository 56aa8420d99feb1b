"""Calls as text for a terminal."""

from collections.abc import Sequence
from datetime import datetime

from switchboard.ledger.events import Event
from switchboard.ledger.overview import CallSummary

HEADS = ("call", "line", "agent", "caller", "state", "began (UTC)", "length")
NOT_SHOWN = {"seq", "at", "wall", "kind"}


def calls_table(calls: Sequence[CallSummary], now: datetime) -> str:
    """A table of calls: a line for each."""
    rows = [HEADS, *(_row(call, now) for call in calls)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(call: CallSummary, now: datetime) -> tuple[str, ...]:
    seconds = round(((call.ended_at or now) - call.started_at).total_seconds())
    state = (call.ended_reason or "ended").replace("_", " ") if call.ended_at else "running"
    began = f"{call.started_at:%Y-%m-%d %H:%M:%S}"
    return (call.id, call.line, call.agent, call.caller, state, began, f"{seconds // 60}:{seconds % 60:02}")


def timeline_text(events: Sequence[Event]) -> str:
    """A call's events, one line each: seconds since it began, what happened, and its details."""
    return "\n".join(f"{event.at:8.2f}  {_what(event)}" for event in events)


def _what(event: Event) -> str:
    details = {name: value for name, value in event.model_dump(mode="json").items() if name not in NOT_SHOWN}
    told = ", ".join(f"{name} {value}" for name, value in details.items() if value not in (None, "", False))
    return f"{event.kind.replace('_', ' ')}: {told}" if told else event.kind.replace("_", " ")
