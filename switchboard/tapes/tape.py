"""What goes over one connection to a service, in memory until the call is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
from aiohttp import WSMsgType
from yarl import URL

Side = Literal["client", "server", "nobody"]
NORMAL, UNSAID, NO_GOODBYE = 1000, 1005, 1006
VERSION = 1
ASKED = ("model", "deployment", "api-version", "intent")
"""What is kept of an address beside its path: no key is among it."""


@dataclass(frozen=True)
class Taken:
    """A frame, or the end."""

    at: float
    """Seconds since the connection was made."""
    side: Side
    frame: str = ""
    close: int | None = None


class Tape:
    """Of one connection. `shortened` gives a frame without what is too much to wait in memory; None: nothing of it.

    `weighs` hears of so many characters more, and says whether there is room for them.
    """

    def __init__(self, url: str, shortened: Callable[[str], str | None], weighs: Callable[[int], bool]) -> None:
        self._url = URL(url)
        self._shortened = shortened
        self._weighs = weighs
        self._began = time.monotonic()
        self._opened = datetime.now(UTC)
        self._taken: list[Taken] = []
        self._over = False

    def frame(self, side: Side, data: str) -> None:
        """`side` has sent a frame."""
        short = None if self._over else self._shortened(data)
        if short is not None and self._weighs(len(short)):
            self._taken.append(Taken(self._at, side, short))

    def close(self, side: Side, code: int) -> None:
        """The connection is over: that side said goodbye, or nobody did. Whoever is first counts."""
        if not self._over:
            self._over = True
            self._taken.append(Taken(self._at, side, close=code))

    @property
    def opening(self) -> dict[str, Any]:
        """The first line of its file: to whom, how, when."""
        query = {name: self._url.query[name] for name in ASKED if name in self._url.query}
        began = self._opened.isoformat(timespec="seconds")
        service = self._url.host or ""
        return {"recording": VERSION, "service": service, "path": self._url.path, "query": query, "began": began}

    def __iter__(self) -> Iterator[Taken]:
        return iter(self._taken)

    @property
    def _at(self) -> float:
        return round(time.monotonic() - self._began, 4)


class TapedConnection:
    """A connection that puts its frames on a tape; in all else it is itself."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse, tape: Tape) -> None:
        self._connection = connection
        self._tape = tape

    async def receive(self, timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 - aiohttp's
        """As the connection does it."""
        message = await self._connection.receive(timeout)
        if message.type is WSMsgType.TEXT:
            self._tape.frame("server", message.data)
        elif message.type is WSMsgType.CLOSE:
            self._tape.close("server", message.data or UNSAID)
        elif message.type in (WSMsgType.CLOSED, WSMsgType.ERROR):
            self._tape.close("nobody", NO_GOODBYE)
        return message

    async def send_str(self, data: str, compress: int | None = None) -> None:
        """The same."""
        self._tape.frame("client", data)
        await self._connection.send_str(data, compress)

    async def close(self, *, code: int = NORMAL, message: bytes = b"") -> bool:
        """The same."""
        if not self._connection.closed:
            self._tape.close("client", code)
        return await self._connection.close(code=code, message=message)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
