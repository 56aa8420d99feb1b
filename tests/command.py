"""`main.py` as people type it: a program with an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `main.py` with nothing of this process's environment but what it needs to start."""
    return run_in(ROOT, *arguments, **environ)


def run_in(folder: Path, *arguments: str, typed: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """The same in a copy of the house, with lines typed into it."""
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COLUMNS": "200", **environ},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )
