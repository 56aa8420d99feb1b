"""One Cartesia context: transcripts in, one stream of speech out."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.backend import Backend
from simulator.faults import Fault
from simulator.sound import encode
from simulator.voice import Speech

CHUNK_MS = 100
DEFAULT_BUFFER_MS = 3000
SENTENCE_ENDS = (".", "!", "?", ":", ";")
CHANGEABLE = ("transcript", "continue", "duration", "flush", "cancel")


@dataclass(frozen=True)
class Said:
    """Something that Cartesia spoke. `context_id` is None over HTTP."""

    voice: str
    model: str
    text: str
    context_id: str | None


@dataclass(frozen=True)
class _Piece:
    text: str
    flush: bool = False
    end: bool = False


class Socket(Protocol):
    """Where a context speaks."""

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message."""

    def cut(self) -> None:
        """End the connection without a goodbye."""

    def context_over(self, context_id: str) -> None:
        """The context has ended."""


class Ledger(Protocol):
    """Where what was said is noted."""

    def said(self, said: Said) -> None:
        """Note it."""


class Context:
    """Speaks what is added to it, in order, until it is told that nothing follows."""

    def __init__(
        self, context_id: str, asked: Mapping[str, Any], socket: Socket, ledger: Ledger, backend: Backend
    ) -> None:
        self._id = context_id
        self._asked = asked
        self._socket = socket
        self._ledger = ledger
        self._backend = backend
        self._pieces: asyncio.Queue[_Piece] = asyncio.Queue()
        self._spoken_ms = 0.0
        self._flushes = 0
        self._fault: Fault | None = backend.faults.take("cartesia_drop")
        self._task = asyncio.get_running_loop().create_task(self._run())

    def agrees_with(self, asked: Mapping[str, Any]) -> bool:
        """Whether a further message asks for the same speech."""
        return _lasting(asked) == _lasting(self._asked)

    def add(self, message: Mapping[str, Any]) -> None:
        """A transcript, a flush, or the end."""
        flush, end = bool(message.get("flush")), not message.get("continue", False)
        self._pieces.put_nowait(_Piece(str(message["transcript"]), flush, end))

    def cancel(self) -> None:
        """Give up what has not begun; what has begun is spoken to its end."""
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(_Piece("", end=True))

    def abandon(self) -> None:
        """The socket is gone."""
        self._task.cancel()

    async def _run(self) -> None:
        try:
            ended = False
            while not ended:
                piece = await self._next()
                if piece.text.strip():
                    await self._speak(piece.text)
                if piece.flush:
                    await self._flushed()
                ended = piece.end
            await self._send({"type": "done", "done": True, "status_code": 200})
        finally:
            self._socket.context_over(self._id)

    async def _next(self) -> _Piece:
        delay = float(self._asked.get("max_buffer_delay_ms", DEFAULT_BUFFER_MS)) / 1000
        text = ""
        while True:
            try:
                async with asyncio.timeout(delay if text else self._backend.options.cartesia_context_expiry):
                    piece = await self._pieces.get()
            except TimeoutError:
                # A context that nobody feeds any more is over, unless there is still text to say.
                return _Piece(text, end=not text)
            text += piece.text
            if piece.end or piece.flush or not delay or text.rstrip().endswith(SENTENCE_ENDS):
                return _Piece(text, piece.flush, piece.end)

    async def _speak(self, text: str) -> None:
        voice, speed = speak_at(self._asked)
        self._ledger.said(Said(voice_of(self._asked), str(self._asked["model_id"]), text, self._id))
        speech = await self._backend.voice.speak(text, voice, speed)
        if not self._spoken_ms:
            await asyncio.sleep(self._backend.options.cartesia_first_audio)
        if self._asked.get("add_timestamps"):
            await self._send({"type": "timestamps", "done": False, "status_code": 206,
                              "word_timestamps": self._timestamps(speech)})  # fmt: skip
        await self._play(speech)
        self._spoken_ms += speech.ms

    async def _play(self, speech: Speech) -> None:
        form = self._asked["output_format"]
        data = await asyncio.to_thread(encode, speech.pcm, form["encoding"], form["sample_rate"])
        size = -(-len(data) * CHUNK_MS // max(1, round(speech.ms)) // 4) * 4
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for start in range(0, len(data), size):
            due = begun + start / size * CHUNK_MS / 1000 / self._backend.options.cartesia_pace
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            await self._chunk(data[start : start + size])
            if self._fault and start / size * CHUNK_MS >= self._fault.number("after_ms"):
                self._socket.cut()
                raise asyncio.CancelledError

    async def _chunk(self, data: bytes) -> None:
        message = {"type": "chunk", "done": False, "status_code": 206, "step_time": 12.5}
        if self._flushes:
            message["flush_id"] = self._flushes
        await self._send({**message, "data": base64.b64encode(data).decode()})

    async def _flushed(self) -> None:
        self._flushes += 1
        message = {"type": "flush_done", "done": False, "flush_done": True, "status_code": 206}
        await self._send({**message, "flush_id": self._flushes})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send({**message, "context_id": self._id})

    def _timestamps(self, speech: Speech) -> Mapping[str, Any]:
        words, begin = [], 0
        for word in speech.words:
            words.append(speech.text[begin : word.end].strip())
            begin = word.end
        return {
            "words": words,
            "start": [round((self._spoken_ms + word.start_ms) / 1000, 3) for word in speech.words],
            "end": [round((self._spoken_ms + word.end_ms) / 1000, 3) for word in speech.words],
        }


def voice_of(asked: Mapping[str, Any]) -> str:
    """The id of the voice that is asked for; "embedding" for one without."""
    return str(asked["voice"].get("id", "embedding"))


def speak_at(asked: Mapping[str, Any]) -> tuple[str, float]:
    """Voice and speed for eSpeak."""
    speed = (asked.get("generation_config") or {}).get("speed", 1.0)
    return voice_of(asked), float(speed) if isinstance(speed, int | float) else 1.0


def _lasting(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in asked.items() if key not in CHANGEABLE}
