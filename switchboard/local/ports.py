"""Ports of this machine that nobody uses."""

import errno
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ""


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
        return _bind(self, self.number) is not None

    def another(self, taken: Collection[int] = ()) -> "Port":
        """The same port, with any free number that is not in `taken`."""
        while (number := _bind(self, 0)) is None or number in taken:
            pass
        return Port(self.use, number, self.kind, self.host)


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


def _bind(port: Port, number: int) -> int | None:
    """The number that could be bound, or None if it is in use or not for us."""
    kind = socket.SOCK_STREAM if port.kind == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        if port.kind == "tcp":  # as servers do: connections that have just been closed are not in the way
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.host, number))
            if port.kind == "tcp":
                probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return None
            raise
        return int(probe.getsockname()[1])
