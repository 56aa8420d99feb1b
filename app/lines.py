"""Every line. To add one, import it here and list it."""

import typer

from app.playbooks import problem_of
from app.process import fail
from switchboard.line.businesses import businesses_of
from switchboard.line.graph import as_mermaid, as_text
from switchboard.line.workflow import Workflow
from workflows.clinic_line import CLINIC_LINE
from workflows.support_line import SUPPORT_LINE

LINES = {line.name: line for line in (SUPPORT_LINE, CLINIC_LINE)}
"""By name; the first one answers when a call names none."""
BUSINESSES = businesses_of(LINES.values())
"""What stands behind them, in one database."""


def line_named(name: str | None) -> Workflow:
    """A line by name, or the first one. Exits with 2 and the list of lines for an unknown name."""
    if name is None:
        return next(iter(LINES.values()))
    if name not in LINES:
        fail(f"There is no line {name!r}. Lines: {', '.join(LINES)}.")
    return LINES[name]


def show(name: str | None, *, only_text: bool) -> None:
    """A line: its agents, who hands to whom, in which voice; as text, and as Mermaid unless `only_text`."""
    line = line_named(name)
    if problem := problem_of(line):
        fail(f"line {line.name}: {problem}")
    typer.echo(as_text(line))
    if not only_text:
        typer.echo(f"\n{as_mermaid(line)}")
