"""A client of a server of tools: MCP over streamable HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from simulator.mcp_answer import Listing, McpError, Message, Output
from simulator.mcp_body import Body, TooLong

VERSION = "2025-03-26"
UNREACHABLE = 424
INTERNAL = -32603
WITHIN = 30.0
"""Seconds for a question, with all pages of its answer."""
LARGEST = 1024 * 1024
"""Bytes that are read of the answer to a question."""
MOST_PAGES = 100


class McpClient:
    """Speaks with one server; it introduces itself before its first question."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = {**headers, "Accept": "application/json, text/event-stream"}
        self._greeted = False
        self._asked = 0

    async def tools(self) -> Sequence[Mapping[str, Any]]:
        """What the server offers, as the realtime API lists it. Raises McpError."""
        tools: list[Mapping[str, Any]] = []
        params: Mapping[str, Any] = {}
        async with self._question() as (http, body):
            for _ in range(MOST_PAGES):
                page = Listing.model_validate(await self._result(http, body, "tools/list", params))
                tools += [tool.shown() for tool in page.tools]
                if page.nextCursor is None:
                    break
                params = {"cursor": page.nextCursor}
            else:
                raise McpError("protocol_error", "The server's list of tools has no end.", INTERNAL)
        return tools

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """A tool's output in words. Raises McpError, also when the tool says that it failed."""
        async with self._question() as (http, body):
            asked = {"name": name, "arguments": arguments}
            output = Output.model_validate(await self._result(http, body, "tools/call", asked))
        return output.words()

    @asynccontextmanager
    async def _question(self) -> AsyncIterator[tuple[aiohttp.ClientSession, Body]]:
        """Whatever goes wrong in it is an McpError."""
        body = Body(LARGEST)
        try:
            async with asyncio.timeout(WITHIN), aiohttp.ClientSession() as http:
                await self._greet(http, body)
                yield http, body
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise McpError("http_error", "The server cannot be reached.", UNREACHABLE) from None
        except TooLong:
            raise McpError("protocol_error", "The server's answer is too long.", INTERNAL) from None
        except ValueError:
            raise McpError("protocol_error", "The server does not answer as an MCP server does.", INTERNAL) from None

    async def _greet(self, http: aiohttp.ClientSession, body: Body) -> None:
        if not self._greeted:
            client = {"name": "simulator", "version": "1"}
            params = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client}
            await self._result(http, body, "initialize", params)
            async with self._post(http, {"method": "notifications/initialized"}):
                self._greeted = True

    async def _result(
        self, http: aiohttp.ClientSession, body: Body, method: str, params: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        self._asked += 1
        number = self._asked
        async with self._post(http, {"id": number, "method": method, "params": params}) as response:
            if response.status >= 300:  # one that sends us elsewhere as well: the client named this address
                raise McpError("http_error", f"The server answers with {response.status}.", response.status)
            if session := response.headers.get("Mcp-Session-Id"):
                self._headers["Mcp-Session-Id"] = session
            async for given in body.messages(response):
                message = Message.model_validate(given)
                if message.answers(number):
                    return message.settled()
        raise McpError("protocol_error", "The server gives no answer.", INTERNAL)

    def _post(self, http: aiohttp.ClientSession, message: Mapping[str, Any]) -> Any:
        asked = {"jsonrpc": "2.0", **message}
        return http.post(self._url, json=asked, headers=self._headers, allow_redirects=False)
