"""Ports of this machine that nobody uses."""

import errno
import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ""
ANY = range(10_000, 32_768)
"""Below the numbers that outgoing connections get: none of them takes a port between our look and its use."""


@dataclass(frozen=True)
class Port:
    """A port that a part would like: what for, its usual number, and where it listens."""

    use: str
    number: int
    kind: Literal["tcp", "udp"] = "tcp"
    host: str = LOOPBACK

    @property
    def free(self) -> bool:
        """Whether it could be listened on just now."""
        kind = socket.SOCK_STREAM if self.kind == "tcp" else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as probe:
            if self.kind == "tcp":  # as servers do: connections that have just been closed are not in the way
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.number))
                if self.kind == "tcp":
                    probe.listen(1)
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    return False
                raise
        return True

    def another(self, taken: Collection[int] = ()) -> "Port":
        """The same port, with any free number that is not in `taken`; it is kept for this process."""
        while (number := random.choice(ANY)) in taken or not replace(self, number=number).free or not KEPT.add(number):
            pass
        return replace(self, number=number)


class KeptNumbers:
    """Numbers that a process has looked at and will listen at: nobody else who asks here gets them in between.

    For each a byte of one file is locked, which is this user's. The system lets go when the process ends, whatever
    ends it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers: set[int] = set()
        self._file: int | None = None

    def add(self, number: int) -> bool:
        """Keep one until this process ends; False if this process keeps it already, or another does."""
        if number in self._numbers or not self._lock(number):
            return False
        self._numbers.add(number)
        return True

    def _lock(self, number: int) -> bool:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except (BlockingIOError, PermissionError):  # POSIX allows either
            return False
        return True


KEPT = KeptNumbers(Path(tempfile.gettempdir(), f"switchboard-ports-{os.getuid()}"))


def free_port(kind: Literal["tcp", "udp"] = "tcp") -> int:
    """The number of a port that nothing listens at; it is kept for this process."""
    return Port("", 0, kind).another().number


def take(*wanted: Port) -> tuple[tuple[Port, ...], tuple[str, ...]]:
    """The ports wanted, with another number where one is in use, and a line to tell for each that moved."""
    ports: list[Port] = []
    moved: list[str] = []
    for port in wanted:
        numbers = {each.number for each in (*ports, *wanted)}
        ports.append(port if port.free else port.another(numbers))
        if ports[-1] != port:
            moved.append(f"Port {port.number} ({port.use}) is in use: {ports[-1].number} is taken instead.")
    return tuple(ports), tuple(moved)
