"""The realtime session as it sounds: in which modality, in what pieces, whose turns are answered, and word by word."""

from __future__ import annotations

import base64
from typing import Any

from livekit import rtc
from livekit.agents import utils
from livekit.plugins.openai.realtime import RealtimeModel, RealtimeSession
from openai.types.realtime import (
    RealtimeSessionCreateRequest,
    ResponseAudioDeltaEvent,
    ResponseAudioDoneEvent,
    ResponseOutputItemDoneEvent,
)

from switchboard.line.voices import Modality
from switchboard.realtime.events import seconds
from switchboard.realtime.pieces import Pieces
from switchboard.realtime.transcript import PacedTranscript

UNNOTICED_SECONDS = 0.5
"""A service that ends turns after a silence notices it so much later at the latest."""


class SpokenSession(RealtimeSession):
    """LiveKit's, with a modality that can change in a call, and no word in the history before its sound."""

    def __init__(self, model: RealtimeModel, *, turn_detection_disabled: bool) -> None:
        super().__init__(model, turn_detection_disabled=turn_detection_disabled)
        self._bstream = self._pieces = Pieces()
        self._transcript = PacedTranscript()
        self._own_turns = self._opts.turn_detection

    @property
    def modality(self) -> Modality:
        """What answers are made of: the model's own audio, or text for a text-to-speech."""
        return "audio" if "audio" in self._opts.modalities else "text"

    def speak_as(self, modality: Modality) -> None:
        """Have the next answers made in that modality, on this connection and on every one that replaces it."""
        if modality == self.modality:
            return
        self._opts.modalities = ["text", "audio"] if modality == "audio" else ["text"]
        self._realtime_model.capabilities.audio_output = modality == "audio"
        update = RealtimeSessionCreateRequest.model_construct(type="realtime", output_modalities=[modality])
        self.send_event(self._wrap_session_update(utils.shortuuid("modality_update_"), update))

    def listen_only(self, quietly: bool) -> None:
        """Whether what is heard is only written down, and answered by nobody; else it is done as the settings say."""
        if turns := self._own_turns:
            silent = turns.model_copy(update={"create_response": False, "interrupt_response": False})
            self.update_options(turn_detection=silent if quietly else turns)

    @property
    def answers_turns(self) -> bool:
        """Whether the service answers what it hears by itself."""
        turns = self._opts.turn_detection
        return turns is not None and turns.create_response is not False

    @property
    def hears_speech(self) -> bool:
        """Whether the caller seems to speak, as far as can be told without the service."""
        return self._pieces.speech

    @property
    def tells_of_speech(self) -> bool:
        """Whether the service says so as soon as it hears somebody. On Azure it does not with `semantic_vad`."""
        turns = self._opts.turn_detection
        return turns is not None and turns.type == "server_vad"

    @property
    def still_seconds(self) -> float | None:
        """For how long the caller has been still, if a service that ends turns by that should have noticed by now."""
        turns = self._opts.turn_detection
        if turns is None or turns.type != "server_vad" or turns.silence_duration_ms is None:
            return None
        still = self._pieces.still_seconds
        return still if still > turns.silence_duration_ms / 1000 + UNNOTICED_SECONDS else None

    def _append_audio(self, frames: list[rtc.AudioFrame]) -> None:
        """As LiveKit does it, without an object to be checked and dumped for every piece."""
        for piece in frames:
            self.send_event({"type": "input_audio_buffer.append", "audio": base64.b64encode(piece.data).decode()})
            self._pushed_duration_s += piece.duration

    def _handle_response_audio_transcript_delta(self, event: dict[str, Any]) -> None:
        forward = super()._handle_response_audio_transcript_delta
        self._transcript.words(event["delta"], lambda: forward(event))

    def _handle_response_audio_delta(self, event: ResponseAudioDeltaEvent) -> None:
        super()._handle_response_audio_delta(event)
        self._transcript.audio(seconds(event.delta))

    def _handle_response_audio_done(self, event: ResponseAudioDoneEvent) -> None:
        self._transcript.finish()
        super()._handle_response_audio_done(event)

    def _handle_response_output_item_done(self, event: ResponseOutputItemDoneEvent) -> None:
        if event.item.type == "message" and getattr(event.item, "status", None) != "incomplete":
            self._transcript.finish()
        super()._handle_response_output_item_done(event)
