"""A real terminal for a program: a pseudo-terminal and the screen that a person would see."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pyte

ROOT = Path(__file__).parent.parent
COLUMNS, LINES = 160, 2000  # no sentence wraps, nothing scrolls away


class Terminal:
    """Runs `main.py` with the given arguments. Every wait has an end, and then raises with the screen in its text."""

    def __init__(self, *arguments: str, environ: dict[str, str], folder: Path = ROOT) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "main.py", *arguments],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TERM": "xterm", **environ},
        )
        os.close(theirs)
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without the empty lines."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def enter(self, words: str) -> None:
        """Type a line."""
        os.write(self._ours, f"{words}\n".encode())

    def until(self, pattern: str, after: int = 0, seconds: float = 90) -> int:
        """Wait for a line that matches, among those from number `after` on; returns the number of the one behind it."""
        deadline = time.monotonic() + seconds
        while True:
            for number, line in enumerate(self.lines[after:], after):
                if re.search(pattern, line):
                    return number + 1
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"no line matches {pattern!r}:\n" + "\n".join(self.lines))

    def exit_code(self, seconds: float = 90) -> int:
        """Wait for the program to end."""
        deadline = time.monotonic() + seconds
        while self._read(deadline - time.monotonic()):
            pass
        return self.process.wait(timeout=max(0.1, deadline - time.monotonic()))

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            written = os.read(self._ours, 65536)
        except OSError:  # Linux says this when the program has ended
            return False
        self._stream.feed(written.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        return bool(written)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
