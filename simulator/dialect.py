"""The two dialects of the realtime API. Inside there is GA only; the preview is translated here, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from simulator.errors import invalid, missing, unknown
from simulator.ids import new_id
from simulator.options import Options

Event: TypeAlias = dict[str, Any]

# fmt: off
GA_SESSION = frozenset({
    "type", "object", "id", "model", "output_modalities", "instructions", "tools", "tool_choice", "max_output_tokens",
    "tracing", "truncation", "prompt", "audio", "include", "reasoning", "parallel_tool_calls", "expires_at",
})
GA_RESPONSE = frozenset({
    "output_modalities", "instructions", "tools", "tool_choice", "max_output_tokens", "audio", "metadata",
    "conversation", "input", "reasoning", "parallel_tool_calls", "prompt",
})
GA_AUDIO = {
    "input": frozenset({"format", "transcription", "noise_reduction", "turn_detection"}),
    "output": frozenset({"format", "voice", "speed"}),
}
PREVIEW_SESSION = frozenset({
    "model", "modalities", "instructions", "voice", "speed", "input_audio_format", "output_audio_format",
    "input_audio_transcription", "input_audio_noise_reduction", "turn_detection", "tools", "tool_choice",
    "temperature", "max_response_output_tokens", "tracing", "reasoning", "include",
})
PREVIEW_RESPONSE = frozenset({
    "modalities", "instructions", "voice", "output_audio_format", "tools", "tool_choice", "temperature",
    "max_output_tokens", "max_response_output_tokens", "metadata", "conversation", "input",
})
# fmt: on
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
TO_GA_CONTENT = {"text": "output_text", "audio": "output_audio"}
PREVIEW_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
DEFAULT_TEMPERATURE = 0.8


class Dialect(Protocol):
    """What the client speaks. `incoming` raises ProtocolError for what this dialect does not have."""

    name: str

    def incoming(self, event: Event) -> Event:
        """A client event, in GA."""
        ...

    def outgoing(self, event: Event) -> Event | None:
        """A GA server event for this client; None for what this dialect does not say. May change `event`."""
        ...


class Ga:
    """The current API: nothing to translate, but its parameters are checked."""

    name = "ga"

    def __init__(self, options: Options) -> None:
        self._item_object = options.item_object
        self._obfuscation = options.obfuscation

    def incoming(self, event: Event) -> Event:
        """Check the names of the parameters."""
        if event["type"] == "session.update":
            _check_ga_session(event.get("session"))
        elif event["type"] == "response.create":
            _check_names(event.get("response") or {}, GA_RESPONSE, "response")
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

    def __init__(self) -> None:
        self._temperature = DEFAULT_TEMPERATURE

    def incoming(self, event: Event) -> Event:
        """Translate the shapes that differ."""
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
        flat = event.get("session")
        if not isinstance(flat, dict):
            raise missing("session")
        _check_names(flat, PREVIEW_SESSION, "session")
        self._temperature = flat.get("temperature") or self._temperature
        return {**event, "session": _nested(flat, "session")}

    def _response_in(self, event: Event) -> Event:
        flat = event.get("response") or {}
        _check_names(flat, PREVIEW_RESPONSE, "response")
        nested = _nested(flat, "response")
        for key in ("metadata", "conversation"):
            if key in flat:
                nested[key] = flat[key]
        if flat.get("input") is not None:
            nested["input"] = [_ga_item(item) for item in flat["input"]]
        return {**event, "response": nested}

    def _item_in(self, event: Event) -> Event:
        return {**event, "item": _ga_item(event.get("item"))}

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
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "input_audio_transcription": audio["input"]["transcription"],
            "input_audio_noise_reduction": audio["input"]["noise_reduction"],
            "turn_detection": audio["input"]["turn_detection"],
            "tools": session["tools"],
            "tool_choice": session["tool_choice"],
            "temperature": self._temperature,
            "max_response_output_tokens": session["max_output_tokens"],
            "tracing": session["tracing"],
            "expires_at": session["expires_at"],
        }

    def _response_out(self, response: Mapping[str, Any]) -> Event:
        flat = {key: value for key, value in response.items() if key not in ("audio", "output_modalities")}
        return flat | {
            "modalities": _preview_modalities(response["output_modalities"]),
            "voice": response["audio"]["output"]["voice"],
            "output_audio_format": "pcm16",
            "temperature": self._temperature,
            "output": [_preview_item(item) for item in response["output"]],
        }

    _incoming: Mapping[str, Callable[[Preview, Event], Event]] = {
        "session.update": _session_in,
        "response.create": _response_in,
        "conversation.item.create": _item_in,
    }


def _check_ga_session(session: object) -> None:
    if not isinstance(session, dict):
        raise missing("session")
    if "type" not in session:
        raise missing("session.type")
    if session["type"] != "realtime":
        raise invalid("session.type", f"Invalid value: '{session['type']}'. Supported values are: 'realtime'.")
    _check_names(session, GA_SESSION, "session")
    audio = session.get("audio") or {}
    _check_names(audio, frozenset(GA_AUDIO), "session.audio")
    for side, names in GA_AUDIO.items():
        _check_names(audio.get(side) or {}, names, f"session.audio.{side}")


def _check_names(given: object, known: frozenset[str], where: str) -> None:
    if not isinstance(given, dict):
        raise invalid(where, f"Invalid type for '{where}': expected an object.")
    for name in given:
        if name not in known:
            raise unknown(f"{where}.{name}")


def _nested(flat: Mapping[str, Any], where: str) -> Event:
    nested: Event = {key: flat[key] for key in ("model", "instructions", "tools", "tool_choice", "tracing", "include",
                                                "reasoning") if key in flat}  # fmt: skip
    if flat.get("modalities") is not None:
        nested["output_modalities"] = _ga_modalities(flat["modalities"], f"{where}.modalities")
    for name in ("max_output_tokens", "max_response_output_tokens"):
        if flat.get(name) is not None:
            nested["max_output_tokens"] = flat[name]
    heard = {"input_audio_transcription": "transcription", "input_audio_noise_reduction": "noise_reduction",
             "turn_detection": "turn_detection"}  # fmt: skip
    given = {name: flat[key] for key, name in heard.items() if key in flat}
    spoken = {key: flat[key] for key in ("voice", "speed") if key in flat}
    given |= _format(flat, "input_audio_format", where)
    spoken |= _format(flat, "output_audio_format", where)
    if given or spoken:
        nested["audio"] = {"input": given, "output": spoken}
    return nested


def _format(flat: Mapping[str, Any], key: str, where: str) -> Event:
    if flat.get(key) is None:
        return {}
    if flat[key] not in PREVIEW_FORMATS:
        raise invalid(
            f"{where}.{key}", f"Invalid value: '{flat[key]}'. Supported values are: {tuple(PREVIEW_FORMATS)}."
        )
    return {"format": {"type": PREVIEW_FORMATS[flat[key]]}}


def _ga_modalities(modalities: object, param: str) -> list[str]:
    if isinstance(modalities, list) and sorted(map(str, modalities)) in (["text"], ["audio", "text"]):
        return ["audio"] if "audio" in modalities else ["text"]
    raise invalid(
        param, f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio', 'text']."
    )


def _preview_modalities(modalities: list[str]) -> list[str]:
    return ["audio", "text"] if "audio" in modalities else ["text"]


def _ga_item(item: object) -> object:
    if not isinstance(item, dict) or item.get("role") != "assistant" or not isinstance(item.get("content"), list):
        return item
    return {**item, "content": [_retyped(part, TO_GA_CONTENT) for part in item["content"]]}


def _preview_item(item: Mapping[str, Any]) -> Event:
    shown = {"object": "realtime.item", **item}
    if item.get("role") == "assistant":
        shown["content"] = [_retyped(part, TO_PREVIEW_CONTENT) for part in item["content"]]
    return shown


def _retyped(part: object, types: Mapping[str, str]) -> object:
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if kind in types.values():
        raise invalid("item.content[0].type", f"Invalid value: '{kind}'. Supported values are: {tuple(types)}.")
    return {**part, "type": types.get(str(kind), kind)}
