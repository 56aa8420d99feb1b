"""What a client did wrong, on its way to becoming an `error` event: the service's codes and its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

LONGEST_QUOTE = 80


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
    return ProtocolError("unknown_parameter", f"Unknown parameter: '{quoted(param)}'.", quoted(param))


def mistyped(param: str, expected: str, value: object) -> ProtocolError:
    """A parameter of another JSON type."""
    message = f"Invalid type for '{param}': expected {expected}, but got {_kind(value)} instead."
    return ProtocolError("invalid_type", message, param)


def invalid(param: str, value: object, supported: Sequence[object]) -> ProtocolError:
    """A parameter that is none of the values that are supported."""
    message = f"Invalid value: '{quoted(value)}'. Supported values are: {listed(supported, 'and')}."
    return ProtocolError("invalid_value", message, param)


def refused(param: str, message: str) -> ProtocolError:
    """A parameter with a value that cannot be used."""
    return ProtocolError("invalid_value", message, param)


def above(param: str, kind: Literal["integer", "decimal"], most: float, value: object) -> ProtocolError:
    """A number that is too large."""
    expected = f"Expected a value <= {most}, but got {quoted(value)} instead."
    return ProtocolError(f"{kind}_above_max_value", f"Invalid '{param}': {kind} above maximum value. {expected}", param)


def below(param: str, kind: Literal["integer", "decimal"], least: float, value: object) -> ProtocolError:
    """A number that is too small."""
    expected = f"Expected a value >= {least}, but got {quoted(value)} instead."
    return ProtocolError(f"{kind}_below_min_value", f"Invalid '{param}': {kind} below minimum value. {expected}", param)


def too_long(param: str, most: int, value: str, code: str = "string_above_max_length") -> ProtocolError:
    """A string with too many characters."""
    expected = f"Expected a string with maximum length {most}, but got a string with length {len(value)} instead."
    return ProtocolError(code, f"Invalid '{param}': string too long. {expected}", param)


def listed(values: Sequence[object], last: str) -> str:
    """Values as the service lists them: 'a', 'b', and 'c'."""
    words = [f"'{value}'" for value in values]
    if len(words) < 3:
        return f" {last} ".join(words)
    return f"{', '.join(words[:-1])}, {last} {words[-1]}"


def quoted(value: object) -> str:
    """What a client sent, at a length that can be read."""
    text = str(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string", list: "an array"}
    return names.get(type(value), "an object")
