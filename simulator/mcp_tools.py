"""The tools of MCP servers that a session names: listed once, offered, and called where that is approved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.chain import Chain, Entry
from simulator.ids import new_id
from simulator.mcp_answer import McpError
from simulator.mcp_client import McpClient
from simulator.mind import Tool

logger = logging.getLogger(__name__)


class Host(Protocol):
    """The connection that the tools belong to."""

    conversation: Chain

    def emit(self, event: dict[str, Any]) -> None:
        """Send a server event."""


@dataclass
class Server:
    """One server as the session names it, and what it offers."""

    config: Mapping[str, Any]
    client: McpClient
    tools: Sequence[Mapping[str, Any]] = ()

    @property
    def label(self) -> str:
        """The session's name for it."""
        return str(self.config["server_label"])

    def allowed(self) -> Iterator[Mapping[str, Any]]:
        """The tools that the session lets the model use."""
        allowed = self.config.get("allowed_tools")
        chosen = {"tool_names": allowed} if isinstance(allowed, list) else allowed
        return (tool for tool in self.tools if chosen is None or _chosen(tool, chosen))

    def asks_before(self, name: str) -> bool:
        """Whether a call has to be approved; all have, unless the session says otherwise."""
        wanted = self.config.get("require_approval") or "always"
        if isinstance(wanted, str):
            return wanted == "always"
        tool = next(tool for tool in self.tools if tool["name"] == name)
        if (never := wanted.get("never")) is not None and _chosen(tool, never):
            return False
        always = wanted.get("always")
        return always is None or wanted.get("never") is not None or _chosen(tool, always)


class McpTools:
    """Those of one session."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._servers: dict[str, Server] = {}
        self._listings: set[asyncio.Task[None]] = set()

    def configure(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Follow the session's tools: servers that are new, or named otherwise, are asked what they offer."""
        for config in tools:
            known = self._servers.get(config.get("server_label", ""))
            if config.get("type") == "mcp" and (known is None or known.config != config):
                server = Server(config, McpClient(config["server_url"], _headers(config)))
                self._servers[server.label] = server
                listing = asyncio.get_running_loop().create_task(self._list(server))
                self._listings.add(listing)
                listing.add_done_callback(self._listings.discard)

    async def settled(self) -> None:
        """Wait until all have told what they offer."""
        if self._listings:
            await asyncio.wait(self._listings)

    def offered(self, tools: Sequence[Mapping[str, Any]], choice: str | Mapping[str, Any]) -> tuple[Tool, ...]:
        """The tools of the servers among `tools`, as far as the choice of a tool leaves them."""
        if choice == "none" or (isinstance(choice, Mapping) and choice["type"] != "mcp"):
            return ()
        only = choice if isinstance(choice, Mapping) else {}
        return tuple(
            Tool(tool["name"], tool["description"] or "", tool["input_schema"])
            for server in self._named(tools)
            for tool in server.allowed()
            if only.get("server_label") in (None, server.label) and only.get("name") in (None, tool["name"])
        )

    def find(self, name: str, tools: Sequence[Mapping[str, Any]]) -> Server | None:
        """The server among `tools` whose tool this is."""
        return next((s for s in self._named(tools) if any(tool["name"] == name for tool in s.allowed())), None)

    def server(self, label: str) -> Server | None:
        """The one with this name."""
        return self._servers.get(label)

    def leave(self) -> None:
        """The client is gone."""
        for listing in self._listings:
            listing.cancel()

    def _named(self, tools: Sequence[Mapping[str, Any]]) -> Iterator[Server]:
        labels = [tool["server_label"] for tool in tools if tool.get("type") == "mcp"]
        return (self._servers[label] for label in labels if label in self._servers)

    async def _list(self, server: Server) -> None:
        item: dict[str, Any] = {
            "id": new_id("mcpl"),
            "type": "mcp_list_tools",
            "server_label": server.label,
            "tools": [],
        }
        entry = Entry(item, "server")
        self._announce("conversation.item.added", entry, self._host.conversation.append(entry))
        self._host.emit({"type": "mcp_list_tools.in_progress", "item_id": entry.id})
        try:
            server.tools = await server.client.tools()
        except Exception as error:
            if not isinstance(error, McpError):  # who waits for a listing that never ends would never see this bug
                logger.exception("the listing failed")
            self._host.emit({"type": "mcp_list_tools.failed", "item_id": entry.id})
            return
        item["tools"] = [dict(tool) for tool in server.tools]
        if entry in self._host.conversation:
            self._announce("conversation.item.done", entry, self._host.conversation.before(entry))
        self._host.emit({"type": "mcp_list_tools.completed", "item_id": entry.id})

    def _announce(self, event: str, entry: Entry, previous: str | None) -> None:
        self._host.emit({"type": event, "previous_item_id": previous, "item": dict(entry.item)})


def _chosen(tool: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """Whether a filter of the API takes a tool."""
    names, read_only = chosen.get("tool_names"), chosen.get("read_only")
    only_reads = bool((tool["annotations"] or {}).get("readOnlyHint"))
    return (names is None or tool["name"] in names) and (read_only is None or only_reads == read_only)


def _headers(config: Mapping[str, Any]) -> Mapping[str, str]:
    signed = {"Authorization": f"Bearer {config['authorization']}"} if config.get("authorization") else {}
    return {**(config.get("headers") or {}), **signed}
