"""Percentiles, and a table that reads well in a terminal and in a README."""

import math
from collections.abc import Sequence


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
