"""Frames of the service's that can be read. LiveKit's session ends at one that is no JSON, or of another form."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from switchboard.realtime.frames import SOUND, clean_frame

log = structlog.get_logger(__name__)

TEXTS = (
    *("type", "id", "event_id", "item_id", "response_id", "previous_item_id", "call_id"),
    *("delta", "text", "transcript", "arguments", "name", "status", "role", "code", "message"),
)
LISTS = ("content", "output")
OBJECTS = ("response", "item", "part", "error", "metadata")
FORM: Mapping[str, type] = {
    **dict.fromkeys(TEXTS, str),
    **dict.fromkeys(LISTS, list),
    **dict.fromkeys(OBJECTS, dict),
}
"""What a field has to be, wherever it stands, if it is there at all."""
INSIDE = ("response", "item", "part", "error", *LISTS)
"""Fields with fields of this form; others, as the settings of a session, have names of their own."""


class ReadableFrames:
    """A connection that passes over what cannot be read, and is the connection itself in all else."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._told = False

    async def receive(self) -> aiohttp.WSMessage:
        """The next frame that can be read, or what the connection says of itself."""
        while True:
            message = await self._connection.receive()
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return message
            if message.type is aiohttp.WSMsgType.TEXT and readable(message.data):
                return message
            self._tell(len(message.data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def _tell(self, length: int) -> None:
        """Once a connection: a service that sends nothing else would fill the log."""
        if not self._told:
            log.warning("a frame of the service's could not be read, and is passed over", length=length)
        self._told = True


def readable(text: str) -> bool:
    """Whether a frame is an event, with fields of the right kind."""
    try:
        event = json.loads(text)
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return False
        clean_frame(event)
        return _formed(event) and ("delta" in event or not event["type"].endswith(SOUND))
    except (ValueError, RecursionError):
        return False


def _formed(fields: Mapping[str, Any]) -> bool:
    return all(_fits(name, value) if value is not None else name != "delta" for name, value in fields.items())


def _fits(name: str, value: Any) -> bool:
    if not isinstance(value, FORM.get(name, object)):
        return False
    if name == "metadata" and isinstance(value, dict):
        return all(isinstance(each, str) for each in value.values())
    if name not in INSIDE:
        return True
    inside = value if isinstance(value, list) else [value]
    return all(isinstance(each, dict) and _formed(each) for each in inside)
