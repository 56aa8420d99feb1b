"""Calls as a table for a terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate

from switchboard.operate.call_line import CallLine
from switchboard.operate.filter import LOST, RUNNING
from switchboard.text import visible

HEADS = ("call", "began (UTC)", "length", "state", "agent", "cost", "line", "caller", "found")
"""What is wanted first stands first."""
NUMBERS = ("length", "cost")
BETWEEN = "  "


def calls_table(calls: Iterable[CallLine], now: datetime, width: int | None = None) -> str:
    """A line for each call. What does not fit into `width` characters is left out, by columns, from the end."""
    rows = [HEADS, *(_row(call, now) for call in calls)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shown = len(HEADS) if width is None else _fitting(widths, width)
    return "\n".join(BETWEEN.join(_cells(row, widths)[:shown]).rstrip() for row in rows)


def _fitting(widths: Sequence[int], width: int) -> int:
    ends = accumulate(each + len(BETWEEN) for each in widths)
    return max(1, sum(end - len(BETWEEN) <= width for end in ends))


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if head in NUMBERS else cell.ljust(width)
        for head, cell, width in zip(HEADS, row, widths, strict=True)
    ]


def _row(call: CallLine, now: datetime) -> tuple[str, ...]:
    cells = (
        call.id,
        f"{call.started_at:%Y-%m-%d %H:%M}",
        _length(call, now),
        (call.outcome or RUNNING).replace("_", " "),
        call.agent or "",
        _cost(call),
        call.line,
        call.caller or "",
        ", ".join(call.rules),
    )
    return tuple(map(visible, cells))


def _length(call: CallLine, now: datetime) -> str:
    if call.outcome == LOST:
        return ""
    seconds = round((now - call.started_at).total_seconds() if call.seconds is None else call.seconds)
    return f"{seconds // 60}:{seconds % 60:02}"


def _cost(call: CallLine) -> str:
    if call.cost is not None:
        return f"{call.cost:.4f} {call.currency}"
    return "unknown" if call.ended_at else ""
