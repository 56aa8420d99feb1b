"""The end of a session: always complete, and within two seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

CLOSING_SECONDS = 1.5
CUTS, CUT_SECONDS = 4, 0.1
"""A connection that is begun at the very moment of a cut outlives it, and waits for the service once more."""


class Closing:
    """`close` is LiveKit's own, `running` the task with the connection.

    LiveKit's raises the error that ended the session once more, and waits for a connection that is being made and for
    a service that does not answer a close.
    """

    def __init__(self, close: Coroutine[Any, Any, None], running: asyncio.Task[None]) -> None:
        self._closing = asyncio.ensure_future(close)
        self._running = running

    def cut(self) -> None:
        """Wait for nothing."""
        self._running.cancel()

    async def complete(self) -> None:
        """Wait until the connection is closed, or cut."""
        await self._wait(CLOSING_SECONDS)
        if not self._closing.done():
            log.warning("the realtime connection did not close in time: it is cut")
        for _ in range(CUTS):
            if not self._closing.done():
                self.cut()
                await self._wait(CUT_SECONDS)
        self._tell()

    async def _wait(self, seconds: float) -> None:
        await asyncio.wait([self._closing], timeout=seconds)

    def _tell(self) -> None:
        if not self._closing.done():
            log.error("the realtime connection could not be cut")
        elif not self._closing.cancelled() and (error := self._closing.exception()):  # told by its `error` event
            log.debug("the realtime session had failed before it was closed", error=type(error).__name__)
