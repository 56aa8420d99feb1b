"""A connection that is dead and does not know it: nothing that comes is read, and nothing is answered."""

from __future__ import annotations

import asyncio


class Silence(asyncio.Protocol):
    """Takes a connection over from the protocol that it has; only its loss is told to that one."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._former = transport.get_protocol()
        self.lost = asyncio.Event()
        """The client has given up, or we have."""
        transport.set_protocol(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()
        self._former.connection_lost(exc)
