"""What `main.py try --live` prints beside the calls: what it is going to do, and how often each scenario passed."""

from collections.abc import Mapping

from rich.markup import escape
from rich.table import Table

from app.process import tell
from app.rehearsal_report import console
from rehearsal.rate import CONFIDENCE, Rate
from switchboard.ledger.prices import Cost


def announce(calls: int, scenarios: int, service: str, at_once: int) -> None:
    """Before the first call: they cost money."""
    tell(
        f"Holds {calls} calls of {scenarios} scenarios with {service}, {at_once} at a time at most. They cost money; "
        "Ctrl-C ends them."
    )


def show_rates(rates: Mapping[str, Rate], at_least: float) -> None:
    """Each scenario's, those that passed too seldom in red."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, rate in rates.items():
        colour = "red" if rate.share < at_least else "green"
        table.add_row(escape(name), f"[{colour}]{rate}[/]")
    out = console()
    out.print()
    out.print(table, highlight=False)


def sum_up(rates: Mapping[str, Rate], rate: Rate, cost: Cost, seconds: float, left_out: int) -> None:
    """The last lines: all calls together. So many scenarios were left out."""
    tell(f"{len(rates)} scenarios, {rate.calls} calls: {rate}, in {seconds:.1f} s.")
    tell(f"In brackets: where the rate of all calls would lie, with {CONFIDENCE * 100:.0f} % confidence.")
    tell(f"Costs: {cost}.")
    if left_out:
        tell(f"{left_out} more need the simulator's faults, or sound: main.py try, or main.py try --voice")
