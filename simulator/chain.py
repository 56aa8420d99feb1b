"""The chain of conversation items: what was said, called and returned, in order."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.errors import ProtocolError, below, quoted, refused, too_long
from simulator.ids import new_id
from simulator.mind import Item
from simulator.options import Options
from simulator.voice import Speech

Origin = Literal["client", "server"]
FUNCTION_KEYS = {"function_call": ("name", "arguments"), "function_call_output": ("output",)}


@dataclass
class Entry:
    """An item, and what the server knows of it beyond what it shows."""

    item: dict[str, Any]
    origin: Origin
    text: str = ""
    """What the model knows of it: more than the transcript for a caller's audio, less after a truncation."""
    speech: Speech | None = None
    """The audio of an assistant's message."""
    sent_ms: float = 0.0
    """How much of it has been sent."""
    input_ms: float = 0.0
    """The length of a caller's audio."""
    heard: bytes = b""
    """A caller's audio, PCM16 at 24 kHz."""
    recognition: asyncio.Task[None] | None = None
    """Finds out what a caller said; `text` is complete when it is done."""

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.item["id"])

    @property
    def is_assistant_text(self) -> bool:
        """Text that an assistant wrote: the kind that makes a model drift to text."""
        return self.item.get("role") == "assistant" and any(
            part["type"] == "output_text" for part in self.item["content"]
        )

    def for_mind(self) -> Item | None:
        """The item as the mind sees it; None for what is between the client and the server only."""
        item = self.item
        if item["type"].startswith("mcp_"):
            return None
        return Item(
            id=self.id,
            type=item["type"],
            role=item.get("role"),
            text=self.text,
            name=item.get("name"),
            arguments=item.get("arguments"),
            call_id=item.get("call_id"),
            output=item.get("output"),
        )


class Chain:
    """The items of a conversation. Errors are ProtocolErrors and change nothing."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._entries: list[Entry] = []
        self.id = new_id("conv")
        self.audio_present = False
        """Assistant audio was emitted: the voice is settled."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __contains__(self, entry: object) -> bool:
        return any(entry is known for known in self._entries)

    def before(self, entry: Entry) -> str | None:
        """The id of the item before `entry`, as the chain stands now."""
        place = next(place for place, known in enumerate(self._entries) if known is entry)
        return self._entries[place - 1].id if place else None

    def append(self, entry: Entry) -> str | None:
        """Put `entry` at the end. Returns the id of the item before it."""
        self._entries.append(entry)
        return self.before(entry)

    def create(self, item: Mapping[str, Any], after: str | None, param: str = "item") -> tuple[Entry, str | None]:
        """Insert a client's item: at the end, at the "root", or after an item. Returns it with the id before it.

        The item is well formed; `param` is where it stands in the client's event.
        """
        entry = Entry(self._made(item, param), "client")
        entry.text = _text_of(entry.item)
        place = self._place(after)
        self._entries.insert(place, entry)
        return entry, self._entries[place - 1].id if place else None

    def find(self, item_id: str, code: str = "unknown_item", param: str = "item_id") -> Entry:
        """The entry of an item."""
        if (entry := self._find(item_id)) is not None:
            return entry
        raise self._unknown(item_id, code, param)

    def delete(self, item_id: str) -> None:
        """Remove an item: what stood after it stands after what stood before it."""
        found = self._find(item_id)
        if found is None:
            raise self._undeletable(item_id)
        self._entries = [entry for entry in self._entries if entry is not found]

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Forget what an assistant's audio said after `audio_end_ms`; the transcript goes as a whole."""
        entry = self.find(item_id, "truncate_unknown")
        if entry.speech is None:
            message = "Only model output audio messages can be truncated"
            raise ProtocolError(self._options.code("truncate_not_audio"), message, "item_id")
        if content_index != 0:
            raise refused("content_index", f"Content index {content_index} does not exist in the item.")
        if audio_end_ms < 0:
            raise below("audio_end_ms", "integer", 0, audio_end_ms)
        if audio_end_ms > entry.sent_ms + 1:
            message = f"Audio content of {round(entry.sent_ms)}ms is already shorter than {audio_end_ms}ms"
            raise refused("audio_end_ms", message)
        entry.text = entry.speech.heard(audio_end_ms)
        entry.sent_ms = audio_end_ms
        entry.item["content"] = [{"type": "output_audio", "transcript": None}]

    def _find(self, item_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.id == item_id), None)

    def _unknown(self, item_id: str, code: str, param: str) -> ProtocolError:
        return ProtocolError(self._options.code(code), f"Item with item_id '{quoted(item_id)}' not found.", param)

    def _undeletable(self, item_id: str) -> ProtocolError:
        if not self._options.own_delete_error:
            return self._unknown(item_id, "delete_unknown", "item_id")
        message = f"Error deleting item: the item with id '{quoted(item_id)}' does not exist."
        return ProtocolError(self._options.code("delete_unknown"), message)

    def _place(self, after: str | None) -> int:
        if after is None or (after == "" and self._options.empty_previous_appends):
            return len(self._entries)
        if after == "root":
            return 0
        return self._entries.index(self.find(after, "previous_unknown", "previous_item_id")) + 1

    def _made(self, item: Mapping[str, Any], param: str) -> dict[str, Any]:
        made = {"id": item.get("id") or new_id("item"), "type": item["type"], "status": "completed"}
        self._check_length(made["id"], f"{param}.id")
        if not self._options.duplicate_item_ids and self._find(made["id"]) is not None:
            message = f"Error adding item: an item with ID '{made['id']}' already exists."
            raise ProtocolError("item_create_duplicate_item_id", message, f"{param}.id")
        if item["type"] == "mcp_approval_response":
            self._check_approval(item["approval_request_id"], f"{param}.approval_request_id")
            return made | {key: item.get(key) for key in ("approval_request_id", "approve", "reason")}
        if item["type"] == "message":
            return made | {"role": item["role"], "content": copy.deepcopy(item["content"])}
        return made | self._function(item, param)

    def _function(self, item: Mapping[str, Any], param: str) -> dict[str, Any]:
        call_id = item.get("call_id") or new_id("call")
        self._check_length(call_id, f"{param}.call_id")
        if item["type"] == "function_call_output" and self._options.check_call_ids:
            self._check_call(call_id, f"{param}.call_id")
        return {"call_id": call_id} | {key: item[key] for key in FUNCTION_KEYS[item["type"]]}

    def _check_call(self, call_id: str, param: str) -> None:
        if not any(e.item["type"] == "function_call" and e.item["call_id"] == call_id for e in self._entries):
            message = f"Tool call ID '{call_id}' not found in conversation."
            raise ProtocolError(self._options.code("call_unknown"), message, param)

    def _check_approval(self, request_id: str, param: str) -> None:
        if not any(entry.item["type"] == "mcp_approval_request" and entry.id == request_id for entry in self._entries):
            message = f"Approval request '{quoted(request_id)}' not found in conversation."
            raise ProtocolError(self._options.code("approval_unknown"), message, param)

    def _check_length(self, value: str, param: str) -> None:
        limit = self._options.max_id_length
        if limit is not None and len(value) > limit:
            raise too_long(param, limit, value, self._options.code("too_long"))


def _text_of(item: Mapping[str, Any]) -> str:
    parts = item.get("content") or ()
    return " ".join(text for part in parts if (text := part.get("text") or part.get("transcript")))
