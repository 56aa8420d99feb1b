"""Frames of the service's that can be read. LiveKit's session ends at one that is no JSON, or of another form."""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from switchboard.realtime.alive import ALIVE
from switchboard.realtime.frames import clean_frame
from switchboard.realtime.order import Event, Order

log = structlog.get_logger(__name__)

TEXTS = (
    *("type", "id", "event_id", "item_id", "response_id", "previous_item_id", "call_id"),
    *("delta", "text", "transcript", "arguments", "output", "name", "status", "role", "message"),
)
LISTS = ("content",)
OBJECTS = ("response", "item", "part", "error", "metadata")
Form = Mapping[str, type | tuple[type, ...]]
FORM: Form = {
    **dict.fromkeys(TEXTS, str),
    "code": (str, int),
    **dict.fromkeys(LISTS, list),
    **dict.fromkeys(OBJECTS, dict),
}
"""What a field has to be, wherever it stands, if it is there at all."""
RESPONSE: Form = {**FORM, "output": list}
"""The output of a response is its items; that of an item is what a tool returned."""
INSIDE = ("response", "item", "part", "error", "output", *LISTS)
"""Fields with fields of this form; others, as the settings of a session, have names of their own."""


class ReadableFrames:
    """A connection that passes over what cannot be read, and puts events in order; in all else it is itself.

    An answer to a ping is an event of the kind `ALIVE`.
    """

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._told = False
        self._order = Order()
        self._next: deque[aiohttp.WSMessage] = deque()

    async def receive(self) -> aiohttp.WSMessage:
        """The next frame that can be read, or what the connection says of itself."""
        while not self._next:
            message = await self._connection.receive()
            if message.type is aiohttp.WSMsgType.PING:
                await self._connection.pong(message.data)
                continue
            if message.type is aiohttp.WSMsgType.PONG:
                return aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, json.dumps({"type": ALIVE}), None)
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                return message
            event = read(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
            if event is None:
                self._tell(len(message.data))
            else:
                self._take(event, message)
        return self._next.popleft()

    def _take(self, event: Event, message: aiohttp.WSMessage) -> None:
        for each in self._order.take(event):
            self._next.append(message if each is event else message._replace(data=json.dumps(each)))
        if self._order.lost:
            log.warning("an answer of the service's has no beginning: the connection is made anew")
            self._next.append(aiohttp.WSMessage(aiohttp.WSMsgType.CLOSED, None, None))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def _tell(self, length: int) -> None:
        """Once a connection: a service that sends nothing else would fill the log."""
        if not self._told:
            log.warning("a frame of the service's could not be read, and is passed over", length=length)
        self._told = True


def read(text: str) -> Event | None:
    """The event that a frame is, with fields of the right kind; None: it is none."""
    try:
        event = json.loads(text)
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return None
        clean_frame(event)
        whole = _formed(event) and (event.get("delta") is not None or not _is_piece_of_answer(event["type"]))
    except (ValueError, RecursionError):
        return None
    return event if whole else None


def _is_piece_of_answer(kind: str) -> bool:
    """It has to have a delta; that of a caller's transcript may be null."""
    return kind.startswith("response.") and kind.endswith(".delta")


def _formed(fields: Mapping[str, Any], form: Form = FORM) -> bool:
    return all(_fits(name, value, form.get(name, object)) for name, value in fields.items() if value is not None)


def _fits(name: str, value: Any, form: type | tuple[type, ...]) -> bool:
    if not isinstance(value, form):
        return False
    if name == "metadata" and isinstance(value, dict):
        return all(isinstance(each, str) for each in value.values())
    if name not in INSIDE or isinstance(value, str):
        return True
    inside = value if isinstance(value, list) else [value]
    return all(isinstance(each, dict) and _formed(each, RESPONSE if name == "response" else FORM) for each in inside)
