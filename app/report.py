"""The calls of the ledger as a table for a terminal."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from app.call_report import call_text
from app.costs import prices_of
from app.data import database_of, prepare_database
from app.process import fail, settings, tell
from switchboard.ledger.overview import CallSummary, recent_calls
from switchboard.ledger.timeline import timeline
from switchboard.text import visible

HEADS = ("call", "line", "agent", "caller", "state", "began (UTC)", "length")


def run(call: str | None, most: int) -> None:
    """List the `most` newest calls of the ledger, or tell one call's timeline."""
    chosen = settings()
    prices = prices_of(chosen)
    prepare_database(chosen)

    async def read() -> str:
        async with aclosing(database_of(chosen)) as database:
            if call is not None:
                return call_text(await timeline(database, call), prices)
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
