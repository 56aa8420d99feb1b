"""The prices that this process reckons with."""

from functools import cache
from pathlib import Path

from app.process import fail
from switchboard.ledger.prices import SHIPPED, Prices, PricesError
from switchboard.settings.schema import Settings


def prices_of(chosen: Settings) -> Prices:
    """Those of the settings. What is wrong with their file is told, and the process exits with 2."""
    try:
        return _read(chosen.costs.prices or SHIPPED)
    except PricesError as error:
        fail(str(error))


@cache
def _read(file: Path) -> Prices:
    """Once a process: no caller waits for it."""
    return Prices.read(file)
