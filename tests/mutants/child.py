"""A forked process with a deadline."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

CLEARING_SECONDS = 5.0
FORK = multiprocessing.get_context("fork")


class Child:
    """Does `work` in a group of its own; its output goes into the file `log`."""

    def __init__(self, work: Callable[[], object], log: Path, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._process = FORK.Process(target=_alone, args=(work, log))
        self._process.start()

    @property
    def sentinel(self) -> int:
        """Can be read when it has ended."""
        return self._process.sentinel

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    @property
    def code(self) -> int | None:
        return self._process.exitcode

    def result(self) -> int | None:
        """Its code, when it has ended; None: it was late."""
        self._process.join(self.seconds_left)
        if self.code is None:
            self.kill()
            return None
        return self.code

    def kill(self) -> None:
        """It, and whatever it has started: pytest may end its servers first."""
        assert self._process.pid
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.join(CLEARING_SECONDS)
        if self.code is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()


def _alone(work: Callable[[], object], log: Path) -> None:
    os.setsid()
    with log.open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    work()
