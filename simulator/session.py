"""The effective session: what `session.update` may change, and what it may not."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.errors import ProtocolError, refused
from simulator.ids import new_id
from simulator.options import Options
from simulator.prompts import written

PCM: Mapping[str, Any] = {"type": "audio/pcm", "rate": 24000}
SERVER_VAD: Mapping[str, Any] = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
SEMANTIC_VAD: Mapping[str, Any] = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
DETECTORS = {"server_vad": SERVER_VAD, "semantic_vad": SEMANTIC_VAD}
NOT_NULL = ("instructions", "output_modalities", "tools", "tool_choice", "max_output_tokens")
SECRET = ("authorization", "headers")
FIXED = ("model", "type", "object", "id", "expires_at")


class Session:
    """The GA session object, kept up to date."""

    converses = True
    """There are responses; a session that only writes down what it hears has none."""

    def __init__(self, model: str, seconds: float, options: Options) -> None:
        self._options = options
        self._prompted = ""
        """What the prompt says that it names."""
        self.id = new_id("sess")
        self.effective: dict[str, Any] = {
            "type": "realtime",
            "object": "realtime.session",
            "id": self.id,
            "model": model,
            "output_modalities": ["audio"],
            "instructions": "",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": int(time.time() + seconds),
            "audio": {
                "input": {
                    "format": dict(PCM),
                    "transcription": None,
                    "noise_reduction": None,
                    "turn_detection": dict(SERVER_VAD),
                },
                "output": {"format": dict(PCM), "voice": "alloy", "speed": 1.0},
            },
            "include": None,
        }
        if options.reasoning:
            self.effective["reasoning"] = {"effort": "low"}

    @property
    def instructions(self) -> str:
        """What the model is told."""
        return str(self.effective["instructions"]) or self._prompted

    @property
    def tools(self) -> Sequence[Mapping[str, Any]]:
        """What the model may call."""
        return self.effective.get("tools") or ()

    @property
    def shown(self) -> dict[str, Any]:
        """What the client is told: all but how a server of tools is signed in to."""
        if not any(tool.get("type") == "mcp" for tool in self.tools):
            return self.effective
        tools = [{key: value for key, value in tool.items() if key not in SECRET} for tool in self.tools]
        return {**self.effective, "tools": tools}

    @property
    def logprobs(self) -> bool:
        """Whether transcripts tell how sure they are."""
        return "item.input_audio_transcription.logprobs" in (self.effective["include"] or ())

    @property
    def input(self) -> Mapping[str, Any]:
        """`audio.input`."""
        return self.effective["audio"]["input"]  # type: ignore[no-any-return]

    @property
    def output(self) -> Mapping[str, Any]:
        """`audio.output`."""
        return self.effective["audio"]["output"]  # type: ignore[no-any-return]

    def update(self, patch: Mapping[str, Any], audio_present: bool) -> None:
        """Take over all of `patch`, which is well formed, or nothing of it. Raises ProtocolError."""
        audio = {side: {**settings} for side, settings in self.effective["audio"].items()}
        fresh = {**self.effective, "audio": audio}
        for key, value in patch.items():
            if key == "audio":
                _update_audio(fresh["audio"], value or {})
            elif key not in FIXED and not (value is None and key in NOT_NULL):
                fresh[key] = value
        self._check(fresh, audio_present)
        self._prompted = written(fresh.get("prompt"), self._options, "session.prompt")
        self.effective = fresh

    def _check(self, fresh: Mapping[str, Any], audio_present: bool) -> None:
        self._check_voice(fresh, audio_present)
        self._check_tracing(fresh["tracing"])
        self._check_instructions(fresh["instructions"])

    def _check_voice(self, fresh: Mapping[str, Any], audio_present: bool) -> None:
        changed = fresh["audio"]["output"]["voice"] != self.output["voice"]
        if changed and audio_present and self._options.cannot_update_voice:
            raise ProtocolError(
                "cannot_update_voice", "Cannot update a conversation's voice if assistant audio is present."
            )

    def _check_tracing(self, tracing: object) -> None:
        enabled = self.effective["tracing"]
        if enabled is not None and tracing not in (None, enabled):
            message = "Tracing is enabled for this session: its configuration cannot be modified."
            raise ProtocolError(self._options.code("tracing_fixed"), message, "session.tracing")

    def _check_instructions(self, instructions: str) -> None:
        limit = self._options.max_instructions_tokens
        if limit is not None and len(instructions) // 4 > limit:
            raise refused("session.instructions", f"Instructions are longer than the limit of {limit} tokens.")


class TranscriptionSession(Session):
    """A session that only writes down what it hears."""

    converses = False

    def __init__(self, model: str, seconds: float, options: Options) -> None:
        super().__init__(model, seconds, options)
        kept = {key: self.effective[key] for key in ("id", "expires_at", "include")}
        kind = {"type": "transcription", "object": "realtime.transcription_session"}
        self.effective = {**kind, **kept, "audio": {"input": self.effective["audio"]["input"]}}

    def _check(self, fresh: Mapping[str, Any], audio_present: bool) -> None:
        """It has neither a voice nor instructions."""


def format_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """A format as the service shows it: only PCM tells its rate."""
    return dict(PCM) if given["type"] == PCM["type"] else {"type": given["type"]}


def _update_audio(audio: dict[str, Any], patch: Mapping[str, Any]) -> None:
    for side in audio:
        for key, value in (patch.get(side) or {}).items():
            if key == "turn_detection":
                audio[side][key] = _turn_detection(audio[side][key], value)
            elif key == "format" and value is not None:
                audio[side][key] = format_of(value)
            elif value is not None or key in ("transcription", "noise_reduction"):
                audio[side][key] = value


def _turn_detection(current: Mapping[str, Any] | None, value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    kind = value.get("type") or (current or SERVER_VAD)["type"]
    base = current if current and current["type"] == kind else DETECTORS[kind]
    given = {key: entry for key, entry in value.items() if entry is not None or key == "idle_timeout_ms"}
    return {**base, **given, "type": kind}
