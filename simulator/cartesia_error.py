"""What Cartesia refuses, as it says it."""

from __future__ import annotations

from typing import Any

from simulator.ids import new_id

STRUCTURED_ERRORS = "2026-03-01"


class CartesiaError(Exception):
    """A refusal in Cartesia's terms. It ends the context that it names."""

    def __init__(self, status: int, code: str, message: str, context_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.context_id = context_id

    def body(self, version: str) -> dict[str, Any]:
        """The error object: a sentence in older versions, structured from 2026-03-01 on."""
        base = {"type": "error", "done": True, "status_code": self.status, "context_id": self.context_id}
        if version < STRUCTURED_ERRORS:
            return {**base, "error": self.message}
        title = self.code.replace("_", " ").capitalize()
        return {**base, "title": title, "message": self.message, "error_code": self.code, "request_id": new_id("req")}
