"""What the service asks of a value beyond its type."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.errors import ProtocolError, above, below, invalid, missing, mistyped, quoted, refused, too_long
from simulator.shape import Rule

TOOL_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
IMAGE = re.compile(r"data:image/(?:png|jpe?g);base64,[A-Za-z0-9+/]+={0,2}")
MOST_METADATA, LONGEST_KEY, LONGEST_VALUE = 16, 64, 512
CONTENT_NEEDS: Mapping[str, str] = {
    "input_text": "text",
    "output_text": "text",
    "text": "text",
    "input_image": "image_url",
}


def integers(least: int, most: int | None = None) -> Rule:
    """An integer in these bounds, where it is one."""

    def check(value: Any, path: str) -> None:
        if isinstance(value, int) and value < least:
            raise below(path, "integer", least, value)
        if isinstance(value, int) and most is not None and value > most:
            raise above(path, "integer", most, value)

    return check


def decimals(least: float, most: float) -> Rule:
    """A number in these bounds."""

    def check(value: Any, path: str) -> None:
        if value < least:
            raise below(path, "decimal", least, value)
        if value > most:
            raise above(path, "decimal", most, value)

    return check


def one_of(*values: str) -> Rule:
    """One of these strings, where it is a string."""

    def check(value: Any, path: str) -> None:
        if isinstance(value, str) and value not in values:
            raise invalid(path, value, values)

    return check


def combinations(*known: Sequence[str]) -> Rule:
    """One of these lists, in any order."""

    def check(value: Any, path: str) -> None:
        if sorted(value) not in map(sorted, known):
            supported = " and ".join(str([*names]) for names in known)
            raise refused(path, f"Invalid modalities: {quoted(value)}. Supported combinations are: {supported}.")

    return check


def an_object(value: Any, path: str) -> None:
    """An object, whose fields are the client's own."""
    if not isinstance(value, dict):
        raise mistyped(path, "an object", value)


def a_tool(value: Any, path: str) -> None:
    """A function has a name, a server of tools an address."""
    if value.get("type") == "mcp":
        _a_server(value, path)
        return
    name = value.get("name")
    if name is None:
        raise missing(f"{path}.name")
    if not TOOL_NAME.fullmatch(name):
        expected = f"Expected a string that matches the pattern '{TOOL_NAME.pattern}'."
        raise refused(f"{path}.name", f"Invalid '{path}.name': string does not match pattern. {expected}")


def _a_server(value: Mapping[str, Any], path: str) -> None:
    if value.get("connector_id") or value.get("tunnel_id"):
        place = f"{path}.connector_id" if value.get("connector_id") else f"{path}.tunnel_id"
        raise refused(place, f"Invalid '{place}'. The simulator reaches servers by their server_url only.")
    if value.get("server_url") is None:
        raise missing(f"{path}.server_url")
    if not value["server_url"].startswith(("http://", "https://")):
        raise refused(f"{path}.server_url", f"Invalid '{path}.server_url'. Expected an http or https URL.")


def metadata(value: Any, path: str) -> None:
    """A few short strings."""
    if len(value) > MOST_METADATA:
        expected = f"Expected an object with at most {MOST_METADATA} properties, but got an object with {len(value)}"
        message = f"Invalid '{path}': too many properties. {expected} properties instead."
        raise ProtocolError("object_above_max_properties", message, path)
    for key, entry in value.items():
        if len(key) > LONGEST_KEY:
            raise too_long(path, LONGEST_KEY, key, "property_name_above_max_length")
        if len(entry) > LONGEST_VALUE:
            raise too_long(f"{path}.{key}", LONGEST_VALUE, entry)


def decoded(text: str, path: str) -> bytes:
    """Audio in base64. Raises ProtocolError."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise refused(path, f"Invalid '{path}'. Expected base64-encoded audio bytes.") from None


def audio(value: Any, path: str) -> None:
    """Bytes in base64."""
    decoded(value, path)


def image(value: Any, path: str) -> None:
    """A picture as a data URI."""
    if not IMAGE.fullmatch(value):
        raise refused(path, f"Invalid '{path}'. Expected a base64-encoded data URL with an image MIME type.")


def content(value: Any, path: str) -> None:
    """A part has a type, and what its type is about."""
    if value.get("type") is None:
        raise missing(f"{path}.type")
    needed = CONTENT_NEEDS.get(value["type"])
    if needed is not None and value.get(needed) is None:
        raise missing(f"{path}.{needed}")
