"""What mypy says of a mutant: one that `make check` refuses needs no test."""

import subprocess
import sys
from pathlib import Path

from tests.mutants.mutant import Mutant


def refused(root: Path, mutant: Mutant, folder: Path) -> bool:
    """`folder` keeps what mypy knows of all other files."""
    shadow = folder / "shadow.py"
    shadow.write_text(mutant.source)
    path = str(mutant.path)
    options = ("--cache-dir", str(folder / "mypy"), "--shadow-file", path, str(shadow))
    checked = subprocess.run([sys.executable, "-m", "mypy", *options, path], cwd=root, capture_output=True, check=False)
    return checked.returncode == 1
