"""A connection is replaced in a pause, before the service cuts it for its age: nobody notices."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from livekit.agents import utils

from switchboard.realtime.rest import cut_at

PAUSE_SECONDS = 30.0
"""So long a pause is waited for."""
OLD_SECONDS = 1740.0
"""The preview API ends a session after half an hour, GA after one; Azure may call that no more than a server error."""


class Renewal:
    """`seconds` is the age at which a connection is due, None: none; `busy` tells whether its end would be noticed."""

    def __init__(self, seconds: float | None, busy: Callable[[], bool]) -> None:
        self._seconds = seconds
        self._busy = busy
        self._began = 0.0
        self._due = False
        self._now = asyncio.Event()

    def look(self) -> None:
        """Something has ended: this may be the pause."""
        if self._due and not self._busy():
            self._now.set()

    def expired(self, code: str | None, kind: str) -> bool:
        """Whether what the service says is the end of the connection by its age, which is replaced then."""
        old = time.monotonic() - self._began >= OLD_SECONDS
        if code == "session_expired" or (kind == "server_error" and old):
            self._now.set()
            return True
        return False

    async def cuts(self, connection: Coroutine[Any, Any, None]) -> None:
        """Run `connection` to its end, or until it is to be replaced."""
        self._began, self._due = time.monotonic(), False
        self._now.clear()
        aging = asyncio.ensure_future(self._age())
        try:
            await cut_at(self._now, connection)
        finally:
            await utils.aio.cancel_and_wait(aging)

    async def _age(self) -> None:
        if self._seconds is None:
            return
        await asyncio.sleep(self._seconds)
        self._due = True
        self.look()
        await asyncio.sleep(PAUSE_SECONDS)
        self._now.set()
