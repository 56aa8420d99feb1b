"""Calls as text for a terminal."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from app.costs import prices_of
from app.data import database_of, prepare_database
from app.process import fail, settings, tell
from switchboard.ledger.bill import HandoffCost, bill
from switchboard.ledger.events import Answered, Event
from switchboard.ledger.overview import CallSummary, recent_calls
from switchboard.ledger.prices import Prices
from switchboard.ledger.timeline import timeline
from switchboard.text import visible

HEADS = ("call", "line", "agent", "caller", "state", "began (UTC)", "length")
NOT_SHOWN = {"seq", "at", "wall", "kind"}


def run(call: str | None, most: int) -> None:
    """List the `most` newest calls of the ledger, or tell one call's timeline."""
    chosen = settings()
    prices = prices_of(chosen)
    prepare_database(chosen)

    async def read() -> str:
        async with aclosing(database_of(chosen)) as database:
            if call is not None:
                events = await timeline(database, call)
                return "\n\n".join(text for text in (timeline_text(events), bill_text(events, prices)) if text)
            listed = await recent_calls(database, most)
            return calls_table(listed, datetime.now(UTC)) if listed else "There were no calls yet."

    text = asyncio.run(read())
    if not text:
        fail(f"The ledger has no call {call!r}. List them: {sys.argv[0]} calls")
    tell(text)


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
    shown = (visible(cell) for cell in (call.id, call.line, call.agent, call.caller, state))
    return (*shown, began, f"{seconds // 60}:{seconds % 60:02}")


def timeline_text(events: Sequence[Event]) -> str:
    """A call's events, one line each: seconds since it began, what happened, and its details."""
    return "\n".join(f"{event.at:8.2f}  {visible(_what(event))}" for event in events)


def bill_text(events: Sequence[Event], prices: Prices) -> str:
    """What a call has cost, by agent, and what each handoff gave the next agent to read; "" if nothing was used."""
    owed = bill(events, prices)
    if not owed.agents:
        return ""
    simulated = any(isinstance(event, Answered) and event.provider == "simulator" for event in events)
    cost = f"cost{', had it not been simulated' if simulated else ''}: {owed.total}"
    lines = [cost, *(f"  {agent}: {cost}" for agent, cost in owed.agents.items()), *map(_handoff, owed.handoffs)]
    return "\n".join(map(visible, lines))


def _handoff(handoff: HandoffCost) -> str:
    read = handoff.reading
    tokens = f"{read.tokens:.0f} tokens to read, {read.cached:.0f} of them cached"
    return f"  handoff from {read.source} to {read.target}: {tokens}: {handoff.cost}"


def _what(event: Event) -> str:
    details = {name: value for name, value in event.model_dump(mode="json").items() if name not in NOT_SHOWN}
    told = ", ".join(f"{name} {value}" for name, value in details.items() if value not in (None, "", False))
    return f"{event.kind.replace('_', ' ')}: {told}" if told else event.kind.replace("_", " ")
