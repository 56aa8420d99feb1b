"""Writes into the ledger what a call takes of its services, in their own units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from livekit.agents.metrics import STTMetrics, TTSMetrics

from switchboard.ledger.events import Unit, Used, Work
from switchboard.ledger.ledger import Ledger
from switchboard.realtime.session import CallSession

KINDS = ("text", "audio", "image")


class Meter:
    """Reads the service's own counts as they come; `agent` tells for whom it works at that moment.

    An answer is whose it was when it began: its count comes when the next agent may have the caller. What is taken
    while it is `held` is written when it is released: an agent who finds another with the caller has no call.
    """

    def __init__(self, ledger: Ledger, agent: Callable[[], str], *, held: bool = False) -> None:
        self._ledger = ledger
        self._agent = agent
        self._holding = held
        self._held: list[Used] = []
        self._answering: dict[str, str] = {}
        self._model = self._transcriber = ""

    def watch(self, session: CallSession) -> None:
        """Count what this session takes, over all of its connections."""
        session.on("openai_server_event_received", self._received)

    def release(self) -> None:
        """It is a call: write all."""
        self._holding = False
        for used in self._held:
            self._ledger.write(used)
        self._held.clear()

    def spoke(self, metrics: TTSMetrics) -> None:
        """A service has spoken a text."""
        units: dict[Unit, float] = {
            "characters": metrics.characters_count,
            "seconds": round(metrics.audio_duration, 3),
            "text_in": metrics.input_tokens,
            "audio_out": metrics.output_tokens,
        }
        self._write(self._agent(), "speech", _model(metrics), units)

    def heard(self, metrics: STTMetrics) -> None:
        """A service of its own has written down what was said."""
        units: dict[Unit, float] = {
            "seconds": round(metrics.audio_duration, 3),
            "audio_in": metrics.input_audio_tokens,
            "text_in": metrics.input_tokens - metrics.input_audio_tokens,
            "text_out": metrics.output_tokens,
        }
        self._write(self._agent(), "transcription", _model(metrics), units)

    def _received(self, event: Mapping[str, Any]) -> None:
        match event.get("type"):
            case "session.created" | "session.updated":
                self._name(event["session"])
            case "response.created":
                self._answering[event["response"]["id"]] = self._agent()
            case "response.done":
                response = event["response"]
                agent = self._answering.pop(response["id"], None) or self._agent()
                self._write(agent, "answer", self._model, answer_units(response.get("usage") or {}))
            case "conversation.item.input_audio_transcription.completed":
                units = transcription_units(event.get("usage") or {})
                self._write(self._agent(), "transcription", self._transcriber, units)

    def _name(self, session: Mapping[str, Any]) -> None:
        heard = session.get("audio", {}).get("input", session)
        words = heard.get("transcription") or heard.get("input_audio_transcription") or {}
        self._model, self._transcriber = session.get("model") or "", words.get("model") or ""

    def _write(self, agent: str, work: Work, model: str, units: Mapping[Unit, float]) -> None:
        taken = {unit: amount for unit, amount in units.items() if amount}
        if not taken:
            return
        self._held.append(Used(agent=agent, work=work, model=model, units=taken))
        if not self._holding:
            self.release()


def _model(metrics: TTSMetrics | STTMetrics) -> str:
    return (metrics.metadata.model_name if metrics.metadata else None) or metrics.label


def answer_units(usage: Mapping[str, Any]) -> dict[Unit, float]:
    """The `usage` of a response: https://platform.openai.com/docs/guides/realtime-costs."""
    given, made = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
    cached = given.get("cached_tokens_details") or {"text_tokens": given.get("cached_tokens", 0)}
    units: dict[Any, float] = {}
    for kind in KINDS:
        stored = cached.get(f"{kind}_tokens", 0)
        units[f"{kind}_in"] = given.get(f"{kind}_tokens", 0) - stored
        units[f"{kind}_in_cached"] = stored
    return units | {"text_out": made.get("text_tokens", 0), "audio_out": made.get("audio_tokens", 0)}


def transcription_units(usage: Mapping[str, Any]) -> dict[Unit, float]:
    """The `usage` of a transcription: tokens, or the seconds of sound that were heard."""
    if usage.get("type") == "duration":
        return {"seconds": usage.get("seconds", 0)}
    given = usage.get("input_token_details") or {"audio_tokens": usage.get("input_tokens", 0)}
    return {
        "audio_in": given.get("audio_tokens") or 0,
        "text_in": given.get("text_tokens") or 0,
        "text_out": usage.get("output_tokens", 0),
    }
