"""What a client did wrong, on its way to becoming an `error` event."""

from __future__ import annotations

from typing import Any


class ProtocolError(Exception):
    """One client event is refused; the session stays open."""

    def __init__(
        self, code: str | None, message: str, param: str | None = None, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.kind = kind

    def body(self, event_id: str | None) -> dict[str, Any]:
        """The `error` object of the event, with the id of the client event that caused it."""
        return {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


def missing(param: str) -> ProtocolError:
    """A required parameter is not there."""
    return ProtocolError("missing_required_parameter", f"Missing required parameter: '{param}'.", param)


def unknown(param: str) -> ProtocolError:
    """A parameter that this dialect does not have."""
    return ProtocolError("unknown_parameter", f"Unknown parameter: '{param}'.", param)


def invalid(param: str, message: str) -> ProtocolError:
    """A parameter with a value that cannot be used."""
    return ProtocolError("invalid_value", message, param)
