"""What a process loads before it has a call: all of it."""

import subprocess
import sys
from pathlib import Path

from tests.browser.stack import ROOT
from tests.stage.stage import new_database


def test_the_first_call_loads_nothing_not_even_in_an_outage(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.app.first_call", new_database(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []
