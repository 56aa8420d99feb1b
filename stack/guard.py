"""The watchdog beside this process: what it watches does not outlive us, even if we are killed."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

WATCHDOG = Path(__file__).with_name("watchdog.py")


class Guard:
    """Between `__enter__` and `__exit__` a watchdog runs; at the exit it ends what is still watched."""

    def __enter__(self) -> Self:
        # a session of its own: Ctrl-C in the terminal must not reach it
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", str(WATCHDOG)], stdin=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def watch(self, group: int) -> None:
        """End this process group when we are gone."""
        self._write(f"+{group}\n")

    def release(self, group: int) -> None:
        """The group has ended."""
        self._write(f"-{group}\n")

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # somebody killed the watchdog: the parts still run, and stop, without it
            self._process.stdin.write(line.encode())
