"""A client of a server of tools: MCP over streamable HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
VERSION = "2025-03-26"
UNREACHABLE = 424
WITHIN = aiohttp.ClientTimeout(total=30)


class McpError(Exception):
    """What a call of a tool came to instead of an output, as the item shows it."""

    def __init__(self, kind: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.body = {"type": kind, "message": message} | ({} if code is None else {"code": code})


class McpClient:
    """Speaks with one server; it introduces itself before its first question."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = {**headers, "Accept": "application/json, text/event-stream"}
        self._greeted = False
        self._asked = 0

    async def tools(self) -> Sequence[Mapping[str, Any]]:
        """What the server offers, as the realtime API lists it. Raises McpError."""
        return await self._ask("tools/list", {}, _tools)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """A tool's output in words. Raises McpError, also when the tool says that it failed."""
        return await self._ask("tools/call", {"name": name, "arguments": arguments}, _words)

    async def _ask(self, method: str, params: Mapping[str, Any], read: Callable[[Mapping[str, Any]], T]) -> T:
        try:
            async with aiohttp.ClientSession(timeout=WITHIN) as http:
                await self._greet(http)
                return read(await self._result(http, method, params))
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise McpError("http_error", "The server cannot be reached.", UNREACHABLE) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise McpError("protocol_error", "The server does not answer as an MCP server does.", -32603) from None

    async def _greet(self, http: aiohttp.ClientSession) -> None:
        if not self._greeted:
            client = {"name": "simulator", "version": "1"}
            params = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client}
            await self._result(http, "initialize", params)
            async with self._post(http, {"method": "notifications/initialized"}):
                self._greeted = True

    async def _result(self, http: aiohttp.ClientSession, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._asked += 1
        async with self._post(http, {"id": self._asked, "method": method, "params": params}) as response:
            if response.status >= 400:
                raise McpError("http_error", f"The server answers with {response.status}.", response.status)
            if session := response.headers.get("Mcp-Session-Id"):
                self._headers["Mcp-Session-Id"] = session
            async for message in _messages(response):
                if message.get("id") == self._asked:
                    return _settled(message)
        raise McpError("protocol_error", "The server gives no answer.", -32603)

    def _post(self, http: aiohttp.ClientSession, message: Mapping[str, Any]) -> Any:
        return http.post(self._url, json={"jsonrpc": "2.0", **message}, headers=self._headers)


async def _messages(response: aiohttp.ClientResponse) -> AsyncIterator[Mapping[str, Any]]:
    if response.content_type != "text/event-stream":
        yield await response.json()
        return
    async for line in response.content:
        if line.startswith(b"data:"):
            yield json.loads(line.removeprefix(b"data:"))


def _settled(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if error := message.get("error"):
        raise McpError("protocol_error", str(error["message"]), int(error["code"]))
    result: Mapping[str, Any] = message["result"]
    return result


def _tools(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "name": str(tool["name"]),
            "description": tool.get("description"),
            "input_schema": tool.get("inputSchema") or {},
            "annotations": tool.get("annotations"),
        }
        for tool in result["tools"]
    ]


def _words(result: Mapping[str, Any]) -> str:
    words = "\n".join(str(part["text"]) for part in result.get("content", []) if part.get("type") == "text")
    if result.get("isError"):
        raise McpError("tool_execution_error", words)
    return words
