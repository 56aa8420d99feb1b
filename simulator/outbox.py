"""Frames on their way to the client, in order, half a round trip long."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

Send: TypeAlias = Callable[[], Awaitable[object]]
GRACE = 0.2


class Outbox:
    """What is put in leaves in order; after `cut` or `close` nothing more does."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None, delay: float) -> None:
        self._socket = socket
        self._transport = transport
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[float, Send]] = asyncio.Queue()
        self._closed = False
        self._frozen = False
        self.over = asyncio.Event()
        """The last frame has left, or the client has."""

    def put(self, frame: str) -> None:
        """Send a text frame."""
        self._put(lambda: self._socket.send_str(frame))

    def ping(self) -> None:
        """Ask whether the client is there; whatever it answers, the socket stays."""
        self._put(self._socket.ping)

    def hold(self, seconds: float) -> None:
        """Let nothing leave for a while, after what was put in."""
        self._put(lambda: asyncio.sleep(seconds))

    def freeze(self) -> None:
        """Let nothing leave any more, after what was put in; the connection stays."""
        self._put(self.over.wait)
        self._frozen = self._closed = True

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket properly, after what was put in; one that is frozen is cut."""
        if self._frozen:
            self._hang_up()
        self._put(lambda: self._leave(code, reason))
        self._closed = True

    def cut(self, at_once: bool = False) -> None:
        """End the connection without a goodbye: after what was put in, or at once."""
        if at_once:
            self._hang_up()
        else:
            self._put(self._hang_up_later)
        self._closed = True

    async def run(self) -> None:
        """Deliver until the client is gone."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while not self.over.is_set():
                due, send = await self._queue.get()
                if (wait := due - self._loop.time()) > 0:
                    await asyncio.sleep(wait)
                await send()

    def _put(self, send: Send) -> None:
        if not self._closed:
            self._queue.put_nowait((self._loop.time() + self._delay, send))

    async def _leave(self, code: int, reason: str) -> None:
        self.over.set()
        await self._socket.close(code=code, message=reason.encode())

    async def _hang_up_later(self) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        self.over.set()
        transport = self._transport
        if isinstance(transport, asyncio.Transport) and not transport.is_closing():
            # An end of file first: a plain close may reset the connection, and a reset may eat what was just sent.
            with contextlib.suppress(OSError, RuntimeError):
                transport.write_eof()
            self._loop.call_later(GRACE, transport.abort)
