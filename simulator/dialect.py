"""The two dialects of the realtime API. Inside there is GA only; the preview is translated here, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from simulator import grammar
from simulator.ids import new_id
from simulator.options import Options

Event: TypeAlias = dict[str, Any]

PREVIEW_EVENTS = {
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "conversation.item.added": "conversation.item.created",
}
TO_PREVIEW_CONTENT = {"output_text": "text", "output_audio": "audio"}
TO_PREVIEW_FORMAT = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
TO_GA_FORMAT = {preview: ga for ga, preview in TO_PREVIEW_FORMAT.items()}
TO_GA_CONTENT = {"text": "output_text", "audio": "output_audio"}
DEFAULT_TEMPERATURE = 0.8


class Dialect(Protocol):
    """What the client speaks. `incoming` raises ProtocolError for what this dialect does not have."""

    name: str
    transcribes: bool
    """It is of a session that only writes down what it hears."""

    def incoming(self, event: Event) -> Event:
        """A client event, in GA."""
        ...

    def outgoing(self, event: Event) -> Event | None:
        """A GA server event for this client; None for what this dialect does not say. May change `event`."""
        ...


class Ga:
    """The current API: nothing to translate."""

    name = "ga"

    def __init__(self, options: Options, transcription: bool = False) -> None:
        self.transcribes = transcription
        self._grammar = grammar.GA_TRANSCRIPTION if transcription else grammar.GA
        self._item_object = options.item_object
        self._obfuscation = options.obfuscation

    def incoming(self, event: Event) -> Event:
        """Checked, and as it is."""
        self._grammar.check(event)
        return event

    def outgoing(self, event: Event) -> Event | None:
        """As it is."""
        if self._item_object and "item" in event:
            event["item"] = {"object": "realtime.item", **event["item"]}
        if self._obfuscation and event["type"].endswith(".delta"):
            event["obfuscation"] = new_id("pad")[-12:]
        return event


class Preview:
    """The beta API that `api-version=…-preview` still speaks."""

    name = "preview"
    transcribes = False
    events = grammar.PREVIEW

    def incoming(self, event: Event) -> Event:
        """Checked in its own words, then translated where the shapes differ."""
        self.events.check(event)
        translate = self._incoming.get(event["type"])
        return translate(self, event) if translate else event

    def outgoing(self, event: Event) -> Event | None:
        """Translate names and shapes; `conversation.item.done` does not exist."""
        if event["type"] == "conversation.item.done":
            return None
        event["type"] = PREVIEW_EVENTS.get(event["type"], event["type"])
        if "item" in event:
            event["item"] = _preview_item(event["item"])
        if "response" in event:
            event["response"] = self._response_out(event["response"])
        if "session" in event:
            event["session"] = self._session_out(event["session"])
        return event

    def _session_in(self, event: Event) -> Event:
        return {**event, "session": _nested(event["session"])}

    def _response_in(self, event: Event) -> Event:
        flat = event.get("response") or {}
        nested = _nested(flat)
        for key in ("metadata", "conversation"):
            if key in flat:
                nested[key] = flat[key]
        if flat.get("input") is not None:
            nested["input"] = [_ga_item(item) for item in flat["input"]]
        return {**event, "response": nested}

    def _item_in(self, event: Event) -> Event:
        return {**event, "item": _ga_item(event["item"])}

    def _session_out(self, session: Mapping[str, Any]) -> Event:
        audio = session["audio"]
        reasoning = {"reasoning": session["reasoning"]} if "reasoning" in session else {}
        return reasoning | {
            "id": session["id"],
            "object": session["object"],
            "model": session["model"],
            "modalities": _preview_modalities(session["output_modalities"]),
            "instructions": session["instructions"],
            "voice": audio["output"]["voice"],
            "speed": audio["output"]["speed"],
            "output_audio_format": TO_PREVIEW_FORMAT[audio["output"]["format"]["type"]],
            **_heard(session),
            "tools": session["tools"],
            "tool_choice": session["tool_choice"],
            "temperature": session.get("temperature") or DEFAULT_TEMPERATURE,
            "max_response_output_tokens": session["max_output_tokens"],
            "tracing": session["tracing"],
            "expires_at": session["expires_at"],
        }

    def _response_out(self, response: Mapping[str, Any]) -> Event:
        flat = {key: value for key, value in response.items() if key not in ("audio", "output_modalities")}
        return flat | {
            "modalities": _preview_modalities(response["output_modalities"]),
            "voice": response["audio"]["output"]["voice"],
            "output_audio_format": TO_PREVIEW_FORMAT[response["audio"]["output"]["format"]["type"]],
            "temperature": response.get("temperature") or DEFAULT_TEMPERATURE,
            "output": [_preview_item(item) for item in response["output"]],
        }

    _incoming: Mapping[str, Callable[[Preview, Event], Event]] = {
        "session.update": _session_in,
        "response.create": _response_in,
        "conversation.item.create": _item_in,
    }


class PreviewTranscription(Preview):
    """Of the beta API, what a session that only writes down says and is told."""

    transcribes = True
    events = grammar.PREVIEW_TRANSCRIPTION

    def incoming(self, event: Event) -> Event:
        """Checked in its own words; an update is one of audio and of what transcripts include."""
        self.events.check(event)
        if event["type"] != "transcription_session.update":
            return event
        nested = _nested(event["session"])
        session = {key: nested[key] for key in ("audio", "include") if key in nested}
        return {**event, "type": "session.update", "session": session}

    def outgoing(self, event: Event) -> Event | None:
        """Such a session has events of its own."""
        shown = super().outgoing(event)
        if shown is not None and shown["type"].startswith("session."):
            shown["type"] = f"transcription_{shown['type']}"
        return shown

    def _session_out(self, session: Mapping[str, Any]) -> Event:
        same = {key: session[key] for key in ("id", "object", "expires_at", "include")}
        return same | {"client_secret": None, "modalities": ["text"]} | _heard(session)


def _heard(session: Mapping[str, Any]) -> Event:
    heard = session["audio"]["input"]
    return {
        "input_audio_format": TO_PREVIEW_FORMAT[heard["format"]["type"]],
        "input_audio_transcription": heard["transcription"],
        "input_audio_noise_reduction": heard["noise_reduction"],
        "turn_detection": heard["turn_detection"],
    }


def _nested(flat: Mapping[str, Any]) -> Event:
    same = ("model", "instructions", "tools", "tool_choice", "tracing", "include", "reasoning", "temperature")
    nested: Event = {key: flat[key] for key in same if key in flat}
    if flat.get("modalities") is not None:
        nested["output_modalities"] = ["audio"] if "audio" in flat["modalities"] else ["text"]
    for name in ("max_output_tokens", "max_response_output_tokens"):
        if flat.get(name) is not None:
            nested["max_output_tokens"] = flat[name]
    heard = {"input_audio_transcription": "transcription", "input_audio_noise_reduction": "noise_reduction",
             "turn_detection": "turn_detection"}  # fmt: skip
    given = {name: flat[key] for key, name in heard.items() if key in flat}
    spoken = {key: flat[key] for key in ("voice", "speed") if key in flat}
    for name, side in (("input_audio_format", given), ("output_audio_format", spoken)):
        if flat.get(name) is not None:
            side["format"] = {"type": TO_GA_FORMAT[flat[name]]}
    if given or spoken:
        nested["audio"] = {"input": given, "output": spoken}
    return nested


def _preview_modalities(modalities: list[str]) -> list[str]:
    return ["audio", "text"] if "audio" in modalities else ["text"]


def _ga_item(item: Mapping[str, Any]) -> Event:
    if item.get("role") != "assistant":
        return {**item}
    return {**item, "content": [_retyped(part, TO_GA_CONTENT) for part in item["content"]]}


def _preview_item(item: Mapping[str, Any]) -> Event:
    shown = {"object": "realtime.item", **item}
    if item.get("role") == "assistant":
        shown["content"] = [_retyped(part, TO_PREVIEW_CONTENT) for part in item["content"]]
    return shown


def _retyped(part: Mapping[str, Any], types: Mapping[str, str]) -> Event:
    return {**part, "type": types.get(part["type"], part["type"])}
