"""What `main.py try` prints: a line for each scenario; of one that failed what was expected and heard, and the call."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.console import View
from rehearsal.file import Play
from rehearsal.house import Verdict
from rehearsal.simulations import Unplayed
from switchboard.text import visible

PIPE_WIDTH = 140
"""Where there is no terminal."""


class Report:
    """Tells verdicts as they come."""

    def __init__(self) -> None:
        self._out = console()
        self._told: set[str] = set()

    def begins(self, play: Play) -> None:
        """A call that takes its time."""
        self._out.print(f"[dim]calls   {escape(play.name)}[/]", highlight=False)

    def not_played(self, each: Unplayed) -> None:
        """One of LiveKit's, and what to write for it to be played."""
        told = f"[yellow]not played[/]  {escape(each.name)}: {escape(each.why)}"
        self._out.print(told, highlight=False, soft_wrap=True)

    def show(self, verdict: Verdict) -> None:
        """One of them; of several failed calls of a scenario the first one in full."""
        name = verdict.play.name
        if verdict.passed:
            self._out.print(f"[green]ok[/]      {escape(name)} [dim]({verdict.seconds:.1f} s)[/]", highlight=False)
            return
        about = f": {escape(visible(verdict.play.scenario.about))}" if name not in self._told else ""
        self._out.print(f"[red]failed[/]  {escape(name)}, {verdict.which}{about}", highlight=False, soft_wrap=True)
        if name not in self._told:
            self._told.add(name)
            self._tell(verdict)

    def _tell(self, verdict: Verdict) -> None:
        self._out.print(_side_by_side(verdict))
        view = View(self._out, hears_caller=True)
        for event in verdict.events:
            view.show(event)
        how = "--live" if verdict.live else f"--seed {verdict.seed}"
        again = f"Again: main.py try {verdict.play.again} {how}\n"
        self._out.print(again, style="dim", highlight=False, markup=False)

    def sum_up(self, scenarios: int, failed: Sequence[str], seconds: float, unspoken: int, unplayed: int) -> None:
        """The last line. So many were left out because they take sound, so many because they need a model."""
        told = f"{len(failed)} failed: {', '.join(failed)}" if failed else "all passed"
        more = f" {unspoken} more take sound: main.py try --voice" if unspoken else ""
        more += f" {unplayed} not played." if unplayed else ""
        self._out.print(f"{scenarios} scenarios, {told}, in {seconds:.1f} s.{more}", highlight=False, soft_wrap=True)


def console() -> Console:
    """The terminal; or a pipe, which is as wide as a table needs."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PIPE_WIDTH)


def _side_by_side(verdict: Verdict) -> Table:
    table = Table("expected", "heard", box=None, padding=(0, 2), header_style="bold")
    for miss in verdict.misses:
        table.add_row(Text(_shown(miss.expected), style="green"), Text(_shown(miss.heard), style="red"))
    return table


def _shown(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
