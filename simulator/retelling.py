"""What a recording tells of a session: who said what, which responses were made of it, and what they answered."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.mind import Break, CallTool, Modality, Reply, Say
from simulator.recording import Frame, Recording
from simulator.sentences import ALOUD

TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
PIECES = (
    *("response.output_text.delta", "response.output_audio_transcript.delta"),
    *("response.text.delta", "response.audio_transcript.delta"),
)
BREAKS: Mapping[str, Break] = {"failed": "failed", "incomplete": "incomplete"}
BUSY = "conversation_already_has_active_response"
Event = Mapping[str, Any]


@dataclass
class ToldItem:
    """Something that came into the conversation from the client's side."""

    id: str
    line: int
    kind: str
    """user, system or tool; "model" for what the service said itself."""
    words: str | None
    """None: nobody wrote them down."""


@dataclass
class Step:
    """One response: what it was made of, and what it was."""

    line: int
    items: tuple[ToldItem, ...]
    tools: frozenset[str]
    modality: Modality
    extra: bool
    """The request had instructions of its own."""
    reply: Reply = ()
    status: str = "incomplete"
    """As `response.done` told it; a recording may end before."""
    breaks: Break | None = None
    """How it broke off."""
    within: bool = False
    """It did so within the last message of the reply."""
    details: Event = field(default_factory=dict)
    """Why, as `response.done` told it."""


@dataclass
class _Unfinished:
    """A response that goes on: what there is of it."""

    step: Step
    _items: list[Say | CallTool] = field(default_factory=list)
    _written: dict[str, str] = field(default_factory=dict)
    _finished: set[str] = field(default_factory=set)

    def add(self, item: str, words: str) -> None:
        """Some more of a message."""
        if item not in self._finished:
            self._written[item] = self._written.get(item, "") + words

    def finish(self, item: Event) -> None:
        """The whole of an item."""
        self._finished.add(str(item.get("id")))
        self._written.pop(str(item.get("id")), None)
        self._items += _reply([item])

    def break_off(self, how: Break) -> None:
        """This is all."""
        self.step.reply = [*self._items, *(Say(words) for words in self._written.values())]
        self.step.breaks, self.step.within = how, bool(self._written)


@dataclass
class Retelling:
    """The session, in order; without what was read aloud outside of the conversation."""

    steps: list[Step] = field(default_factory=list)
    turns: list[ToldItem] = field(default_factory=list)
    """What was spoken to it, turn by turn."""

    @classmethod
    def of(cls, recording: Recording) -> Retelling:
        """Retell all of it."""
        told = cls()
        teller = _Teller(told)
        for frame in recording.frames:
            teller.tell(frame)
        return told


class _Teller:
    """Goes through the frames. What has not the shape that it should have tells nothing."""

    def __init__(self, told: Retelling) -> None:
        self._told = told
        self._session: Event = {}
        self._items: list[ToldItem] = []
        self._asked: deque[tuple[object, Event]] = deque()
        self._open: dict[str, _Unfinished] = {}
        self._silent: set[str] = set()

    def tell(self, frame: Frame) -> None:
        """One frame more."""
        if frame.close is not None:
            self._on_close(frame)
        handlers = self._of_client if frame.side == "client" else self._of_server
        if handler := handlers.get(frame.kind):
            handler(self, frame.event or {}, frame.line)

    def _on_ask(self, event: Event, _line: int) -> None:
        self._asked.append((event.get("event_id"), _object(event, "response")))

    def _on_session(self, event: Event, _line: int) -> None:
        self._session = _object(event, "session")

    def _on_error(self, event: Event, _line: int) -> None:
        error = _object(event, "error")
        refused = [asked for asked in self._asked if asked[0] is not None and asked[0] == error.get("event_id")]
        if not refused and error.get("code") == BUSY:
            refused = list(self._asked)[:1]
        for asked in refused:
            self._asked.remove(asked)

    def _on_item(self, event: Event, line: int) -> None:
        item = _object(event, "item")
        if any(known.id == item.get("id") for known in self._items):
            return
        kind = {"function_call_output": "tool", "message": item.get("role")}.get(str(item.get("type")))
        told = ToldItem(str(item.get("id")), line, str(kind), _words_of(item))
        self._items.insert(self._place(event), told)

    def _place(self, event: Event) -> int:
        if "previous_item_id" in event and event["previous_item_id"] is None:
            return 0
        places = [place for place, item in enumerate(self._items, 1) if item.id == event.get("previous_item_id")]
        return places[0] if places else len(self._items)

    def _on_deleted(self, event: Event, _line: int) -> None:
        self._items = [item for item in self._items if item.id != event.get("item_id")]

    def _on_silence(self, event: Event, _line: int) -> None:
        self._silent.add(str(event.get("item_id")))

    def _on_committed(self, event: Event, line: int) -> None:
        item = ToldItem(str(event.get("item_id")), line, "user", None)
        self._items.insert(self._place(event), item)
        if item.id in self._silent:
            item.words = ""
        else:
            self._told.turns.append(item)

    def _on_transcript(self, event: Event, _line: int) -> None:
        for item in (*self._items, *self._told.turns):
            if item.id == event.get("item_id") and isinstance(event.get("transcript"), str):
                item.words = event["transcript"]

    def _on_created(self, event: Event, line: int) -> None:
        response = _object(event, "response")
        given = self._asked.popleft()[1] if self._asked else {}
        items = tuple(self._items) if given.get("input") is None else _given_items(given["input"], self._items, line)
        tools = _tools(given.get("tools", self._session.get("tools")), given.get("tool_choice"))
        modalities = next(filter(None, map(_modalities, (response, given, self._session))), ["audio"])
        own = str(given.get("instructions") or "").removeprefix(str(self._session.get("instructions"))).strip()
        if ALOUD.match(own):
            return
        step = Step(line, items, tools, "audio" if "audio" in modalities else "text", bool(own))
        self._told.steps.append(step)
        self._open[str(response.get("id"))] = _Unfinished(step)

    def _on_piece(self, event: Event, _line: int) -> None:
        if unfinished := self._open.get(str(event.get("response_id"))):
            unfinished.add(str(event.get("item_id")), str(event.get("delta") or ""))

    def _on_item_done(self, event: Event, _line: int) -> None:
        if unfinished := self._open.get(str(event.get("response_id"))):
            unfinished.finish(_object(event, "item"))

    def _on_done(self, event: Event, _line: int) -> None:
        response = _object(event, "response")
        if unfinished := self._open.pop(str(response.get("id")), None):
            step = unfinished.step
            step.status = str(response.get("status"))
            step.reply = _reply(response.get("output"))
            step.breaks = BREAKS.get(step.status)
            if step.breaks:
                step.within = bool(step.reply) and isinstance(step.reply[-1], Say)
                step.details = {k: v for k, v in _object(response, "status_details").items() if k != "type"}

    def _on_close(self, frame: Frame) -> None:
        """What was owed then came no more: who is left without an answer, and leaves, was not given one."""
        how: Break = "silent" if frame.side == "client" else "dropped"
        while self._asked:
            self._on_created({}, frame.line)
        for unfinished in self._open.values():
            unfinished.break_off(how)
        self._open.clear()

    _of_client: Mapping[str, Callable[[_Teller, Event, int], None]] = {"response.create": _on_ask}
    _of_server: Mapping[str, Callable[[_Teller, Event, int], None]] = {
        "session.created": _on_session,
        "session.updated": _on_session,
        "error": _on_error,
        "conversation.item.added": _on_item,
        "conversation.item.created": _on_item,
        "conversation.item.deleted": _on_deleted,
        "input_audio_buffer.timeout_triggered": _on_silence,
        "input_audio_buffer.committed": _on_committed,
        TRANSCRIBED: _on_transcript,
        "response.created": _on_created,
        **dict.fromkeys(PIECES, _on_piece),
        "response.output_item.done": _on_item_done,
        "response.done": _on_done,
    }


def _modalities(told: Event) -> Any:
    return told.get("output_modalities") or told.get("modalities")


def _object(event: Event, key: str) -> Event:
    value = event.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Event]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words_of(item: Event) -> str | None:
    if item.get("type") == "function_call_output":
        return str(item.get("output"))
    parts = _objects(item.get("content"))
    texts = [text for part in parts if isinstance(text := part.get("text") or part.get("transcript"), str)]
    return " ".join(texts) if texts or not parts else None


def _given_items(given: object, items: list[ToldItem], line: int) -> tuple[ToldItem, ...]:
    found: list[ToldItem] = []
    for item in _objects(given):
        if item.get("type") == "item_reference":
            found += [known for known in items if known.id == item.get("id")]
        else:
            kind = {"function_call_output": "tool", "message": item.get("role")}.get(str(item.get("type")))
            found.append(ToldItem(str(item.get("id")), line, str(kind), _words_of(item)))
    return tuple(found)


def _tools(tools: object, choice: object) -> frozenset[str]:
    names = frozenset(str(tool.get("name")) for tool in _objects(tools) if tool.get("type", "function") == "function")
    if choice == "none":
        return frozenset()
    return names & {str(choice.get("name"))} if isinstance(choice, dict) else names


def _reply(output: object) -> Reply:
    return [part for item in _objects(output) if (part := _part(item)) is not None]


def _part(item: Event) -> Say | CallTool | None:
    """What the model did; None for what a mind cannot: a call that was cut off, or one of a server's tools."""
    if item.get("type") == "message":
        return Say(_words_of(item) or "")
    try:
        arguments = json.loads(str(item.get("arguments")))
    except ValueError:
        return None
    if item.get("type") != "function_call" or not isinstance(arguments, dict):
        return None
    return CallTool(str(item.get("name")), arguments)
