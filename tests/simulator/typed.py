"""Whether a server event is what the `openai` package says that it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias, get_args

from openai.types.beta.realtime import RealtimeServerEvent as PreviewEvent
from openai.types.beta.realtime.transcription_session_updated_event import TranscriptionSessionUpdatedEvent
from openai.types.realtime import RealtimeServerEvent as GaEvent
from pydantic import BaseModel

Models: TypeAlias = Mapping[str, type[BaseModel]]


def _models(union: Any) -> Models:
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(get_args(union)[0])}


GA_MODELS: Models = _models(GaEvent)
PREVIEW_MODELS: Models = {
    **_models(PreviewEvent),
    # It is sent, and has the same form.
    "transcription_session.created": TranscriptionSessionUpdatedEvent,
}
SECRET = {"value": "ek_1", "expires_at": 1}


def check(event: Mapping[str, Any], preview: bool) -> None:
    """Raises ValidationError, and KeyError for an event that the dialect does not have."""
    shown = _as_typed(event) if preview else event
    (PREVIEW_MODELS if preview else GA_MODELS)[event["type"]].model_validate_json(json.dumps(shown), strict=True)


def _as_typed(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The preview's types know OpenAI's models, not a deployment's name, and a tool's choice in words only.

    A transcription session always has a secret there, though its own words are "only present when the session is
    created by the REST API".
    """
    if "session" not in event:
        return event
    session = {key: value for key, value in event["session"].items() if key != "model"}
    if event["type"].startswith("transcription"):
        return {**event, "type": event["type"].replace(".created", ".updated"), "session": _transcribing(session)}
    if isinstance(session.get("tool_choice"), dict):
        session["tool_choice"] = session["tool_choice"]["name"]
    return {**event, "session": session}


def _transcribing(session: Mapping[str, Any]) -> Mapping[str, Any]:
    heard = {key: value for key, value in (session["input_audio_transcription"] or {}).items() if key != "model"}
    return {**session, "client_secret": session["client_secret"] or SECRET, "input_audio_transcription": heard or None}
