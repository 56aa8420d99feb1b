"""`main.py` as people type it: a program with an environment of its own."""

import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
LONGEST = 60
"""Seconds."""
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["app.calls", "app.audit", "app.erase"])


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `main.py` with nothing of this process's environment but what it needs to start.

    It is forked from a process that has loaded the libraries, which would take it seconds of a core each time.
    """
    with TemporaryDirectory() as folder:
        program = FORKS.Process(target=_main, args=(arguments, _environ(environ), folder))
        program.start()
        program.join(LONGEST)
        if program.exitcode is None:
            program.kill()
            raise subprocess.TimeoutExpired(arguments, LONGEST)
        out, err = ((Path(folder) / name).read_text(encoding="utf-8") for name in ("1", "2"))
        return subprocess.CompletedProcess(arguments, program.exitcode, out, err)


def run_in(folder: Path, *arguments: str, typed: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """The same in a copy of the house, from its first line on, with lines typed into it."""
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=folder,
        env=_environ(environ),
        input=typed,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COLUMNS": "200", **environ}


def _main(arguments: Sequence[str], environ: Mapping[str, str], folder: str) -> None:
    """In the new process: nobody types, and what it tells is written into `folder`."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(os.open(f"{folder}/{number}", os.O_WRONLY | os.O_CREAT), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate(("r", "w", "w")))
    sys.argv = ["main.py", *arguments]
    runpy.run_path("main.py", run_name="__main__")
