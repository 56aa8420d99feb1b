"""A connection that nobody needs for the time being is let go: it costs money while it is open."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from livekit.agents import utils


class Rest:
    """Begun by whoever knows that nobody is there, and over when somebody is."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()

    @property
    def taken(self) -> bool:
        """Whether there is to be no connection now."""
        return self._begun.is_set()

    def begin(self) -> None:
        """No connection from now on."""
        self._over.clear()
        self._begun.set()

    def end(self) -> None:
        """A connection is wanted again."""
        self._begun.clear()
        self._over.set()

    async def over(self) -> None:
        """Wait until a connection is wanted."""
        await self._over.wait()

    async def cuts(self, connection: Coroutine[Any, Any, None]) -> None:
        """Run `connection` to its end, or until the rest begins."""
        await cut_at(self._begun, connection)


async def cut_at(end: asyncio.Event, connection: Coroutine[Any, Any, None]) -> None:
    """Run `connection` to its end, or until that event."""
    running, ended = asyncio.ensure_future(connection), asyncio.ensure_future(end.wait())
    try:
        await asyncio.wait([running, ended], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        await utils.aio.cancel_and_wait(running, ended)
