"""What an MCP server sends, message by message, up to a size."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from simulator.frame import parsed


class TooLong(ValueError):  # noqa: N818 - it says what the answer is
    """More than is read."""


class Body:
    """The answers to one question; their bytes are counted together."""

    def __init__(self, most: int) -> None:
        self._left = most

    async def messages(self, response: aiohttp.ClientResponse) -> AsyncIterator[object]:
        """What an answer says, as it comes. Raises TooLong and NotJson."""
        if response.content_type != "text/event-stream":
            yield parsed(b"".join([piece async for piece in self._pieces(response)]))
            return
        data: list[bytes] = []
        async for line in self._lines(response):
            if line.startswith(b"data:"):
                data.append(line.removeprefix(b"data:"))
            elif not line:
                if (text := b"\n".join(data)).strip():
                    yield parsed(text)
                data = []

    async def _lines(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        begun = b""
        async for piece in self._pieces(response):
            *whole, begun = (begun + piece).split(b"\n")
            for line in whole:
                yield line.removesuffix(b"\r")

    async def _pieces(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        async for piece in response.content.iter_any():
            self._left -= len(piece)
            if self._left < 0:
                raise TooLong
            yield piece
