"""What `main.py rewind` prints: both runs side by side, turn by turn."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from app.process import tell
from app.rehearsal_report import console
from rehearsal.rewind.wording import Line, Pair
from switchboard.text import visible

MARK = "> "
"""Stands before the first difference."""


def show(title: str, notes: Sequence[str], turns: Sequence[Pair], changes: str) -> None:
    """`changes` are those of prompts, as a diff."""
    out = console()
    table = Table("turn", "then", "now", box=None, padding=(0, 2, 1, 0), header_style="bold")
    for turn in turns:
        number = Text(f"{MARK if turn.first else ''}{turn.turn}", style="bold red" if turn.first else "")
        table.add_row(number, _side(turn.then), _side(turn.now))
    tell(title)
    out.print(table)
    if changes:
        tell(f"{changes}\n")
    tell("\n".join(notes))


def _side(lines: Sequence[Line]) -> Text:
    shown = Text()
    for line in lines:
        text = " ".join(visible(line.text).split())
        shown.append(f"{MARK if line.differs else ''}{text}\n", style="red" if line.differs else "")
    shown.rstrip()
    return shown
