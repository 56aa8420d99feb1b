"""The output items of MCP: a call that the server itself makes, and a request for the client's approval."""

from __future__ import annotations

from typing import Any

from simulator.mcp_answer import McpError
from simulator.output import Outlet, OutputItem


class McpCallOutput(OutputItem):
    """A call of a server's tool, from its arguments to its output."""

    def __init__(self, outlet: Outlet, index: int, label: str, name: str, approval: str | None) -> None:
        super().__init__(outlet, index, {
            "type": "mcp_call", "server_label": label, "name": name, "arguments": "",
            "approval_request_id": approval, "output": None, "error": None,
        })  # fmt: skip

    def write(self, delta: str) -> None:
        """More of the arguments."""
        self.item["arguments"] += delta
        self._emit({"type": "response.mcp_call_arguments.delta", **self._where, "delta": delta})

    def begin(self) -> None:
        """The arguments are whole, and the server is asked."""
        arguments = self.item["arguments"]
        self._emit({"type": "response.mcp_call_arguments.done", **self._where, "arguments": arguments})
        self._tell("in_progress")

    def succeed(self, output: str) -> None:
        """The tool has answered."""
        self.item["output"] = output
        self._tell("completed")

    def fail(self, error: McpError) -> None:
        """It has not."""
        self.item["error"] = error.body
        self._tell("failed")

    def _tell(self, state: str) -> None:
        self._emit({"type": f"response.mcp_call.{state}", **self._where})


class ApprovalOutput(OutputItem):
    """A call that waits for the client's word."""

    def __init__(self, outlet: Outlet, index: int, label: str, name: str, arguments: str) -> None:
        item: dict[str, Any] = {"server_label": label, "name": name, "arguments": arguments}
        super().__init__(outlet, index, {"type": "mcp_approval_request", **item})
