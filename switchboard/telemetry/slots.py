"""Where the processes of a worker keep their metrics, for one page that shows them all.

prometheus_client gives each process files of its own, by its id. Where each call is a process they would become ever
more, and all are read for each look at the page. So a process has a slot here, and one that comes later goes on
counting where one that has ended left off.
"""

import fcntl
import os
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

SLOTS = "slots"
VALUES = "values"


class Slots:
    """The slots of one worker: bytes of a file, each locked by the process whose it is, for as long as that lives."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._process = 0
        self._slot = 0

    def mine(self) -> int:
        """The slot of this process, which after a fork is another one."""
        if self._process != os.getpid():
            self._process, self._slot = os.getpid(), self._take()
        return self._slot

    def _take(self) -> int:
        for slot in count():
            with suppress(BlockingIOError, PermissionError):  # somebody has it
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
                return slot
        raise AssertionError


def values_in(folder: Path) -> Path:
    """Where in `folder` the values are: LiveKit's page reads them there, and its worker empties it when it starts."""
    return folder / VALUES


@cache
def keep_in(folder: Path) -> None:
    """Keep the metrics of this process in `folder`, with those of the worker's other processes.

    Call it in each of them, before anything is counted; once is enough where calls are threads. LiveKit's worker tells
    prometheus_client of the folder, by the environment that its processes inherit.
    """
    values_in(folder).mkdir(exist_ok=True)
    slots = Slots(folder / SLOTS)
    values.ValueClass = values.MultiProcessValue(slots.mine)  # type: ignore[no-untyped-call]  # it has no types
    mark_process_dead(slots.mine(), str(values_in(folder)))  # type: ignore[no-untyped-call]  # the same
