"""Tools ask the clock for the time: here it stands still, at the time the shop was seeded for."""

import pytest

from tests.shop.rows import NOW
from tools import clock


@pytest.fixture(autouse=True)
def _the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
