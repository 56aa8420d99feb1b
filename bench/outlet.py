"""Where a phone of a test is plugged in."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from stack.ports import KEPT, LOOPBACK, free_port


class Outlet:
    """Where a phone is that is switched on and off: while it is off, nobody else gets its `port`, or the next one."""

    def __init__(self) -> None:
        self.port = two_ports()
        self._kept = ExitStack()
        self._keep()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The phone has the ports."""
        self._kept.close()
        try:
            yield
        finally:
            self._keep()

    def close(self) -> None:
        """It is needed no more."""
        self._kept.close()

    def _keep(self) -> None:
        for number in (self.port, self.port + 1):
            self._kept.enter_context(socket.create_server((LOOPBACK, number)))
            udp = self._kept.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            udp.bind((LOOPBACK, number))


def two_ports() -> int:
    """A port that is free together with the next one, which baresip takes as well."""
    while True:
        port = free_port()
        if all(_is_free(number, kind) for number in (port, port + 1) for kind in ("tcp", "udp")) and KEPT.add(port + 1):
            return port


def _is_free(port: int, kind: str) -> bool:
    sort = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, sort) as probe, suppress(OSError, OverflowError):
        probe.bind((LOOPBACK, port))
        return True
    return False
