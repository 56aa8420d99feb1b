"""What mypy says of a mutant: one that `make check` refuses needs no test."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.mutant import Mutant


def refused(root: Path, mutant: Mutant, folder: Path) -> bool:
    """`folder` keeps what mypy knows of all other files."""
    path = str(mutant.path)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as shadow:
        shadow.write(mutant.source)
        shadow.flush()
        options = ("--cache-dir", str(folder / "mypy"), "--shadow-file", path, shadow.name)
        mypy = [sys.executable, "-m", "mypy", *options, path]
        return subprocess.run(mypy, cwd=root, capture_output=True, check=False).returncode == 1
