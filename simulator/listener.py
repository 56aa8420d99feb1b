"""A caller's turns: what the ears heard becomes items, transcripts, interruptions and responses."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Protocol

from simulator.audio_format import FORMATS
from simulator.backend import Backend
from simulator.chain import Chain, Entry
from simulator.ears import Ears, SpeechStarted, Turn
from simulator.errors import ProtocolError
from simulator.hearing import PAUSE
from simulator.ids import new_id
from simulator.mind import MindError
from simulator.recognizer import RecognizerError
from simulator.session import PCM, Session
from simulator.times import drawn
from simulator.usage import INPUT_TOKENS_PER_MS, text_tokens
from simulator.voice import BYTES_PER_MS

logger = logging.getLogger(__name__)
SHORTEST_MS = 100
TRANSCRIPTION = "conversation.item.input_audio_transcription"


class Host(Protocol):
    """The connection that listens."""

    backend: Backend
    conversation: Chain
    dice: random.Random
    session: Session

    def emit(self, event: dict[str, Any]) -> None:
        """Send a server event."""

    def fail(self, error: ProtocolError, event_id: str | None) -> None:
        """Send an `error` event."""

    def announce(self, entry: Entry, previous: str | None) -> None:
        """Tell of a new item."""

    def respond(self, given: Mapping[str, Any]) -> None:
        """Create a response."""

    def interrupt(self) -> None:
        """End the response that is under way."""

    def caught_up(self) -> None:
        """It is known what all audio so far means."""

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back later."""
        ...


class Listener:
    """The input side of one session."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ears = Ears(host.backend.hearing, self._take_turns)
        self._ears.detect(self._detection)
        self._format = FORMATS[PCM["type"]]
        self._decoder = self._format.decoder()
        self._item_id = new_id("item")
        self._silence: asyncio.TimerHandle | None = None
        self._recognitions: set[asyncio.Task[None]] = set()

    @property
    def _detection(self) -> Mapping[str, Any] | None:
        return self._host.session.input["turn_detection"]  # type: ignore[no-any-return]

    @property
    def _deaf(self) -> bool:
        semantic = self._detection is not None and self._detection["type"] == "semantic_vad"
        return semantic and self._host.backend.options.semantic_vad_deaf

    def session_changed(self) -> None:
        """The session has been updated."""
        self._ears.detect(self._detection)
        form = FORMATS[self._host.session.input["format"]["type"]]
        if form is not self._format:
            self._format, self._decoder = form, form.decoder()

    def hear(self, audio: bytes) -> None:
        """Take in audio, in the session's format; what it means is found out soon."""
        self._ears.hear(self._decoder.decode(audio))

    @property
    def behind(self) -> bool:
        """Whether it is not known yet what the audio means; the host's `caught_up` is called when it is."""
        return self._ears.behind

    def commit(self) -> None:
        """Make an item of the buffer, as the client asks. Raises ProtocolError."""
        buffered = self._ears.buffered_ms
        if buffered < SHORTEST_MS:
            raise ProtocolError(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {buffered:.2f}ms of audio.",
            )
        self._commit(self._ears.take_all())
        self._ears.clear()

    def clear(self) -> None:
        """Forget what was not committed."""
        self._ears.clear()

    def response_began(self) -> None:
        """Silence is counted again when it has ended."""
        if self._silence is not None:
            self._silence.cancel()

    def response_ended(self, spoken_ms: float) -> None:
        """From the end of its audio, as it plays, silence counts."""
        timeout = (self._detection or {}).get("idle_timeout_ms")
        if timeout is not None and not self._ears.speaking:
            self._silence = self._host.later((spoken_ms + timeout) / 1000, self._silent)

    def leave(self) -> None:
        """The client is gone."""
        self._ears.clear()
        for recognition in self._recognitions:
            recognition.cancel()

    def _take_turns(self) -> None:
        for turn in self._ears.turns():
            self._turn(turn)
        if not self._ears.behind:
            self._host.caught_up()

    def _turn(self, turn: Turn) -> None:
        if isinstance(turn, SpeechStarted):
            self._started(turn.ms)
        else:
            self._stopped(turn.ms)

    def _started(self, ms: int) -> None:
        self.response_began()
        if self._deaf:
            return
        event = {"type": "input_audio_buffer.speech_started", "audio_start_ms": ms, "item_id": self._item_id}
        self._host.emit(event)
        if (self._detection or {}).get("interrupt_response", True):
            self._host.interrupt()

    def _stopped(self, ms: int) -> None:
        if not self._deaf:
            event = {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": ms, "item_id": self._item_id}
            self._host.emit(event)
        self._commit(self._ears.take())
        self._respond()

    def _respond(self) -> None:
        if self._host.session.converses and (self._detection or {}).get("create_response", True):
            try:
                self._host.respond({})
            except ProtocolError as error:
                self._host.fail(error, None)

    def _silent(self) -> None:
        if self._ears.behind:
            self._silence = self._host.later(PAUSE, self._silent)
            return
        if self._ears.speaking:
            return
        now = round(self._ears.heard_ms)
        start = max(0, now - round(self._ears.buffered_ms))
        place = {"audio_start_ms": start, "audio_end_ms": now, "item_id": self._item_id}
        self._host.emit({"type": "input_audio_buffer.timeout_triggered", **place})
        self._commit(self._ears.take_all(), silent=True)
        self._respond()

    def _commit(self, pcm: bytes, silent: bool = False) -> None:
        host = self._host
        words = "" if silent else self._words()
        content = [{"type": "input_audio", "transcript": None}]
        item = {"id": self._item_id, "type": "message", "status": "completed", "role": "user", "content": content}
        self._item_id = new_id("item")
        entry = Entry(item, "server", text=words or "", input_ms=len(pcm) / BYTES_PER_MS, heard=self._kept(pcm))
        previous = host.conversation.append(entry)
        committed = {"previous_item_id": previous, "item_id": entry.id}
        host.emit({"type": "input_audio_buffer.committed", **committed})
        host.announce(entry, previous)
        if words is None:
            self._recognize(entry, pcm)
        elif not silent:
            self._transcribe_later(entry)

    def _kept(self, pcm: bytes) -> bytes:
        return pcm if self._host.backend.options.retrieved_audio else b""

    def _recognize(self, entry: Entry, pcm: bytes) -> None:
        entry.recognition = asyncio.get_running_loop().create_task(self._understand(entry, pcm))
        self._recognitions.add(entry.recognition)
        entry.recognition.add_done_callback(self._recognitions.discard)

    async def _understand(self, entry: Entry, pcm: bytes) -> None:
        try:
            entry.text = await self._host.backend.recognizer.recognize(pcm)
        except RecognizerError as error:
            logger.warning("a turn was not recognized: %s", error)
            self._transcription_failed(entry, {"type": "server_error", "code": "not_recognized", "message": str(error)})
        else:
            self._transcribe_later(entry)

    def _words(self) -> str | None:
        try:
            return self._host.backend.mind.hear(self._host.session.id)
        except MindError as error:
            self._host.fail(ProtocolError("mind_error", str(error), kind="server_error"), None)
            return ""

    def _transcribe_later(self, entry: Entry) -> None:
        if self._host.session.input["transcription"] is None:
            return
        model = str(self._host.session.input["transcription"].get("model"))
        delay = drawn(self._host.backend.options.transcription_delay, self._host.dice)
        if delay > 0:
            self._host.later(delay, lambda: self._transcribe(entry, model))
        else:
            self._transcribe(entry, model)

    def _transcribe(self, entry: Entry, model: str) -> None:
        place = {"item_id": entry.id, "content_index": 0}
        if error := self._transcription_error(model):
            self._transcription_failed(entry, error)
            return
        words = entry.text
        # Whisper does not stream: one delta holds it all.
        tokens = [words] if "whisper" in model else re.findall(r"\s*\S+", words)
        for token in tokens:
            told = {"delta": token, **self._logprobs([token], model)}
            self._host.emit({"type": f"{TRANSCRIPTION}.delta", **place, **told})
        entry.item["content"] = [{"type": "input_audio", "transcript": words}]
        done = {"transcript": words, "usage": _usage(entry, model), **self._logprobs(tokens, model)}
        self._host.emit({"type": f"{TRANSCRIPTION}.completed", **place, **done})

    def _logprobs(self, tokens: Sequence[str], model: str) -> Mapping[str, Any]:
        asked = self._host.session.logprobs and "whisper" not in model
        return {"logprobs": [_logprob(token) for token in tokens]} if asked else {}

    def _transcription_failed(self, entry: Entry, error: Mapping[str, Any]) -> None:
        if self._host.session.input["transcription"] is not None:
            place = {"item_id": entry.id, "content_index": 0}
            self._host.emit({"type": f"{TRANSCRIPTION}.failed", **place, "error": {"param": None, **error}})

    def _transcription_error(self, model: str) -> Mapping[str, Any] | None:
        known = self._host.backend.options.transcription_deployments
        if known is not None and model not in known:
            message = f"The transcription deployment '{model}' does not exist."
            return {"type": "invalid_request_error", "code": "DeploymentNotFound", "message": message}
        if fault := self._host.backend.faults.take("transcription_failed", self._host.session.id):
            code, message = fault.text("code"), fault.text("message")
            return {"type": "server_error", "code": code, "message": message}
        return None


def _logprob(token: str) -> Mapping[str, Any]:
    # Nobody here is unsure of a word: the number is made up, the same for a word each time.
    return {"token": token, "bytes": list(token.encode()), "logprob": -Random(token).random() / 10}


def _usage(entry: Entry, model: str) -> Mapping[str, Any]:
    if "whisper" in model:
        return {"type": "duration", "seconds": round(entry.input_ms / 1000, 2)}
    heard, written = round(entry.input_ms * INPUT_TOKENS_PER_MS), text_tokens(len(entry.text))
    return {
        "type": "tokens",
        "input_tokens": heard,
        "output_tokens": written,
        "total_tokens": heard + written,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
    }
