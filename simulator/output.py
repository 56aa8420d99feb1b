"""One output item of a response on its way to the client: a message in audio or text, or a function call."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from simulator.chain import Chain, Entry
from simulator.ids import new_id
from simulator.mind import Modality
from simulator.voice import Speech

Phase: TypeAlias = Literal["commentary", "final_answer"]
Emit: TypeAlias = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Outlet:
    """Where the items of one response go. An answer out of band has no conversation."""

    emit: Emit
    conversation: Chain | None
    response_id: str
    item_done_first: bool


class OutputItem:
    """Opens, grows and closes an item, with the events that say so in the order of the service."""

    def __init__(self, outlet: Outlet, index: int, item: dict[str, Any]) -> None:
        self._emit = outlet.emit
        self._conversation = outlet.conversation
        self._item_done_first = outlet.item_done_first
        response_id = outlet.response_id
        item = {"id": new_id("item"), "type": item.pop("type"), "status": "in_progress", **item}
        self.entry = Entry(item, "server")
        self._in_response = {"response_id": response_id, "output_index": index}
        self._where = {"response_id": response_id, "item_id": self.entry.id, "output_index": index}

    @property
    def item(self) -> dict[str, Any]:
        """The item as it stands."""
        return self.entry.item

    def open(self) -> None:
        """Announce the item."""
        self._emit({"type": "response.output_item.added", **self._in_response, "item": dict(self.item)})
        if self._conversation is not None:
            self._conversation.append(self.entry)
            self._announce(self._conversation, "conversation.item.added")

    def close(self, status: str) -> None:
        """Say that it is done: "completed" or "incomplete"."""
        self.item["status"] = status
        says = (self._done_in_conversation, self._done_in_response)
        for say in says if self._item_done_first else reversed(says):
            say()

    def _done_in_response(self) -> None:
        self._emit({"type": "response.output_item.done", **self._in_response, "item": dict(self.item)})

    def _done_in_conversation(self) -> None:
        # A client may have deleted it, or the one before it, while it grew.
        if self._conversation is not None and self.entry in self._conversation:
            self._announce(self._conversation, "conversation.item.done")

    def _announce(self, conversation: Chain, event: str) -> None:
        previous = conversation.before(self.entry)
        self._emit({"type": event, "previous_item_id": previous, "item": dict(self.item)})


class MessageOutput(OutputItem):
    """Something that is said or written."""

    def __init__(self, outlet: Outlet, index: int, modality: Modality, phase: Phase | None) -> None:
        item: dict[str, Any] = {"type": "message", "role": "assistant", "content": []}
        if phase is not None:
            item["phase"] = phase
        super().__init__(outlet, index, item)
        self._audio = modality == "audio"
        self._where["content_index"] = 0

    def begin(self, speech: Speech | None) -> None:
        """Announce the item and its one part; `speech` is what its audio will be."""
        self.open()
        self.entry.speech = speech
        part = {"type": "audio", "transcript": ""} if self._audio else {"type": "text", "text": ""}
        self._emit({"type": "response.content_part.added", **self._where, "part": part})

    def write(self, delta: str) -> None:
        """More text: of the answer, or of the transcript of its audio."""
        self.entry.text += delta
        kind = "output_audio_transcript" if self._audio else "output_text"
        self._emit({"type": f"response.{kind}.delta", **self._where, "delta": delta})

    def play(self, audio: bytes, bytes_per_ms: int) -> None:
        """More audio, in the format of the response."""
        self.entry.sent_ms += len(audio) / bytes_per_ms
        delta = base64.b64encode(audio).decode()
        self._emit({"type": "response.output_audio.delta", **self._where, "delta": delta})
        if self._conversation is not None:
            self._conversation.audio_present = True

    def close(self, status: str) -> None:
        """Close the part, then the item."""
        text = self.entry.text
        name, key = ("output_audio_transcript", "transcript") if self._audio else ("output_text", "text")
        if self._audio:
            self._emit({"type": "response.output_audio.done", **self._where})
        self._emit({"type": f"response.{name}.done", **self._where, key: text})
        part = {"type": "audio" if self._audio else "text", key: text}
        self._emit({"type": "response.content_part.done", **self._where, "part": part})
        self.item["content"] = [{"type": "output_audio" if self._audio else "output_text", key: text}]
        super().close(status)


class CallOutput(OutputItem):
    """A function call."""

    def __init__(self, outlet: Outlet, index: int, name: str) -> None:
        item = {"type": "function_call", "name": name, "call_id": new_id("call"), "arguments": ""}
        super().__init__(outlet, index, item)

    def write(self, delta: str) -> None:
        """More of the arguments."""
        self.item["arguments"] += delta
        self._emit(
            {
                "type": "response.function_call_arguments.delta",
                **self._where,
                "call_id": self.item["call_id"],
                "delta": delta,
            }
        )

    def close(self, status: str) -> None:
        """Close the arguments, then the item."""
        keys = ("call_id", "name", "arguments")
        done = {key: self.item[key] for key in keys}
        self._emit({"type": "response.function_call_arguments.done", **self._where, **done})
        super().close(status)
