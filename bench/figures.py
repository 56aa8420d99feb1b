"""What a benchmark has found: its figures, their percentiles, the bars, and a table for a terminal and a README."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Of = TypeVar("Of")
"""What a figure is of: a measure and the condition in which it was taken."""


@dataclass
class Figures(Generic[Of]):
    """Milliseconds, by what they are of."""

    of: dict[Of, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """Calls that failed, each in a sentence."""

    def add(self, of: Of, *seconds: float) -> None:
        """Take some."""
        self.of.setdefault(of, []).extend(each * 1000 for each in seconds)

    def at(self, of: Of, percent: float = 50) -> float:
        """A percentile; not a number where every call failed."""
        values = self.of.get(of)
        return percentile(values, percent) if values else float("nan")

    def both(self, of: Of, digits: int = 1) -> dict[str, float | None]:
        """p50 and p95 as JSON has them; null where every call failed."""
        there = of in self.of
        return {f"p{percent}": round(self.at(of, percent), digits) if there else None for percent in (50, 95)}


def bar(asked: str, found: float | str, holds: bool) -> str:
    """One bar: what was asked, what was found, whether it holds."""
    shown = found if isinstance(found, str) else f"{found:.2f}"
    return f"{asked}: {shown}, {'holds' if holds else 'DOES NOT HOLD'}"


def positive(text: str) -> int:
    """A number of calls from the command line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(text)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of `values` do not exceed, between two neighbours in proportion. Raises ValueError."""
    if not values:
        raise ValueError("no values, no percentile")
    ranked = sorted(values)
    rank = (len(ranked) - 1) * percent / 100
    below, above = math.floor(rank), math.ceil(rank)
    return ranked[below] + (ranked[above] - ranked[below]) * (rank - below)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(line, widths) for line in (heads, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return f"| {' | '.join([first, *rest])} |"
