"""Tools ask the clock for the time: here it stands still, at the time the shop was seeded for.

And they send codes: here into a folder of the test.
"""

from pathlib import Path

import pytest

from shop.post import FilePost
from tests.shop.rows import NOW
from tools import access, clock


@pytest.fixture(autouse=True)
def _the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where codes go, a file for each address."""
    folder = tmp_path / "codes"
    monkeypatch.setattr(access, "POST", FilePost(folder))
    return folder
