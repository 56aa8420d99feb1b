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


def test_what_each_process_of_a_worker_needs_is_made_by_the_one_they_fork_from_without_a_thread() -> None:
    """A fork has no other threads than the one that forks: what they hold would be held for ever."""
    asks = (
        "import importlib, os, app.worker as worker; from app.warm import warm; "
        "server = worker.build_server(worker.settings()); "
        "threads = len(os.listdir('/proc/self/task')); "
        "[importlib.import_module(name) for name in server._preload_modules]; "
        "print(warm.cache_info().currsize, len(os.listdir('/proc/self/task')) - threads)"
    )
    ran = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert ran.stdout.split() == ["1", "0"], ran.stderr
