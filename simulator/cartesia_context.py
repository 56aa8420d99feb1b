"""One Cartesia context: transcripts in, one stream of speech out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.backend import Backend
from simulator.cartesia_request import Piece
from simulator.cartesia_sound import chunk_message, played, time_messages
from simulator.faults import Fault
from simulator.times import drawn
from simulator.voice import Speech

SENTENCE_ENDS = (".", "!", "?", ":", ";")


@dataclass(frozen=True)
class Said:
    """Something that Cartesia spoke. `context_id` is None over HTTP."""

    voice: str
    model: str
    text: str
    context_id: str | None


@dataclass(frozen=True)
class _Text:
    text: str
    flush: bool = False
    end: bool = False


class Socket(Protocol):
    """Where a context speaks."""

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message."""

    def cut(self) -> None:
        """End the connection without a goodbye."""

    def context_over(self, context: Context) -> None:
        """The context has ended."""


class Ledger(Protocol):
    """Where what was said is noted."""

    def said(self, said: Said) -> None:
        """Note it."""


class Context:
    """Speaks what is added to it, in order, until it is told that nothing follows."""

    def __init__(self, asked: Piece, socket: Socket, ledger: Ledger, backend: Backend) -> None:
        self.id = asked.context_id
        self._asked = asked
        self._socket = socket
        self._ledger = ledger
        self._backend = backend
        self._texts: asyncio.Queue[_Text] = asyncio.Queue()
        self._spoken_ms = 0.0
        self._flushes = 0
        self._fault: Fault | None = backend.faults.take("cartesia_drop")
        self._late: Fault | None = backend.faults.take("cartesia_stall")
        self._task = asyncio.get_running_loop().create_task(self._run())

    def agrees_with(self, asked: Piece) -> bool:
        """Whether a further message asks for the same speech."""
        return asked.agrees_with(self._asked)

    def add(self, piece: Piece) -> None:
        """A transcript, a flush, or the end."""
        self._texts.put_nowait(_Text(piece.transcript, piece.flush, not piece.continue_))

    def cancel(self) -> None:
        """Give up what has not begun; what has begun is spoken to its end."""
        while not self._texts.empty():
            self._texts.get_nowait()
        self._texts.put_nowait(_Text("", end=True))

    def abandon(self) -> None:
        """The socket is gone, or was told of a mistake: nothing more is said, and the name is free."""
        self._task.cancel()
        self._socket.context_over(self)

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
            self._socket.context_over(self)

    async def _next(self) -> _Text:
        delay = self._asked.max_buffer_delay_ms / 1000
        text = ""
        while True:
            try:
                async with asyncio.timeout(delay if text else self._backend.options.cartesia_context_expiry):
                    piece = await self._texts.get()
            except TimeoutError:
                # A context that nobody feeds any more is over, unless there is still text to say.
                return _Text(text, end=not text)
            text += piece.text
            if piece.end or piece.flush or not delay or text.rstrip().endswith(SENTENCE_ENDS):
                return _Text(text, piece.flush, piece.end)

    async def _speak(self, text: str) -> None:
        asked = self._asked
        self._ledger.said(Said(asked.voice_id, asked.model_id, text, self.id))
        speech = await self._backend.voice.speak(text, asked.voice_id, asked.speed)
        if not self._spoken_ms:
            late = self._late.number("seconds") if self._late else 0.0
            await asyncio.sleep(drawn(self._backend.options.cartesia_first_audio, self._backend.dice) + late)
        for message in time_messages(asked, speech, self._spoken_ms):
            await self._send(message)
        await self._play(speech)
        self._spoken_ms += speech.ms

    async def _play(self, speech: Speech) -> None:
        async for at_ms, chunk in played(speech, self._asked.output_format, self._backend):
            await self._chunk(chunk)
            if self._fault and at_ms >= self._fault.number("after_ms"):
                self._socket.cut()
                raise asyncio.CancelledError

    async def _chunk(self, data: bytes) -> None:
        flushed = {"flush_id": self._flushes} if self._flushes else {}
        await self._send(chunk_message(data) | flushed)

    async def _flushed(self) -> None:
        self._flushes += 1
        message = {"type": "flush_done", "done": False, "flush_done": True, "status_code": 206}
        await self._send({**message, "flush_id": self._flushes})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send({**message, "context_id": self.id})
