"""Cartesia's text to speech: the WebSocket with its contexts, and the endpoint for bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from simulator.backend import Backend
from simulator.cartesia_context import Context, Said
from simulator.cartesia_error import CartesiaError
from simulator.cartesia_request import Cancel, Piece, Speech, StreamedSpeech, WholeSpeech, message_of, speech_of
from simulator.cartesia_sound import whole
from simulator.cartesia_sse import CartesiaStream
from simulator.cartesia_voices import CartesiaVoices
from simulator.outbox import GRACE
from simulator.times import drawn
from simulator.voice import Speech as Sound

DEFAULT_VERSION = "2025-04-16"
MAX_SAID = 10_000
Asked = TypeVar("Asked", bound=Speech)


class Cartesia:
    """`opened` and `open` count sockets; `spoken` holds what was said, in order."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._voices = CartesiaVoices(backend.options, self._admit, self._refusal)
        self._sockets: set[CartesiaSocket] = set()
        self.opened = 0
        self.refused = 0
        self.cancelled: list[str] = []
        """Contexts that the client cancelled."""
        self.spoken: deque[Said] = deque(maxlen=MAX_SAID)

    @property
    def open(self) -> int:
        """Sockets that are open now."""
        return len(self._sockets)

    @property
    def active(self) -> int:
        """Contexts that are active now, over all sockets."""
        return sum(len(socket.contexts) for socket in self._sockets)

    def spoken_by(self, voice: str) -> list[str]:
        """The transcripts that one voice spoke, in order."""
        return [said.text for said in self.spoken if said.voice == voice]

    def said(self, said: Said) -> None:
        """Note what is about to be spoken."""
        self.spoken.append(said)
        self._backend.record.ring()

    def routes(self) -> list[web.RouteDef]:
        """The WebSocket, the endpoints for bytes and events, and the voices."""
        return [
            web.get("/tts/websocket", self._serve),
            web.post("/tts/bytes", self._bytes),
            web.post("/tts/sse", self._events),
            *self._voices.routes(),
        ]

    async def drop(self) -> None:
        """Cut every socket now, without a goodbye."""
        for socket in list(self._sockets):
            socket.cut()
        await self._backend.record.wait_for(lambda: not self._sockets, 5.0)

    async def stop(self) -> None:
        """Close every socket."""
        for socket in list(self._sockets):
            socket.cut()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(drawn(self._backend.options.cartesia_connect_delay, self._backend.dice))
        try:
            self._admit(request)
        except CartesiaError as error:
            return self._refusal(request, error)
        socket = CartesiaSocket(self, self._backend, request)
        self._sockets.add(socket)
        self.opened += 1
        self._backend.record.ring()
        try:
            return await socket.serve()
        finally:
            self._sockets.discard(socket)
            self._backend.record.ring()

    async def _bytes(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = await self._asked(request, WholeSpeech)
        except CartesiaError as error:
            return self._refusal(request, error)
        speech = await self._spoken(asked)
        body, content_type = await asyncio.to_thread(whole, speech.pcm, asked.output_format)
        return web.Response(body=body, content_type=content_type)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = await self._asked(request, StreamedSpeech)
        except CartesiaError as error:
            return self._refusal(request, error)
        return await CartesiaStream(request, asked, self._backend).send(await self._spoken(asked))

    async def _asked(self, request: web.Request, model: type[Asked]) -> Asked:
        self._admit(request)
        asked = speech_of(await request.read(), model)
        self.check_model(asked)
        return asked

    async def _spoken(self, asked: Speech) -> Sound:
        self.said(Said(asked.voice_id, asked.model_id, asked.transcript, None))
        speech = await self._backend.voice.speak(asked.transcript, asked.voice_id, asked.speed)
        await asyncio.sleep(drawn(self._backend.options.cartesia_first_audio, self._backend.dice))
        return speech

    def check_model(self, asked: Speech, context_id: str | None = None) -> None:
        """The model has to exist still, and to have the controls that are asked for. Raises CartesiaError."""
        options, model = self._backend.options, asked.model_id
        if options.cartesia_models is not None and model not in options.cartesia_models:
            raise CartesiaError(400, "model_not_found", f"Invalid model: {model}", context_id)
        if model in options.cartesia_sunset:
            text = "The requested model has been sunsetted and is no longer available."
            raise CartesiaError(400, "model_sunsetted", text, context_id)
        controls = asked.generation_config.model_fields_set if asked.generation_config else set()
        if model in options.cartesia_uncontrolled and not controls.isdisjoint(("speed", "volume")):
            text = f"Speed and volume cannot be controlled with {model}."
            raise CartesiaError(400, options.code("cartesia_control"), text, context_id)

    def _admit(self, request: web.Request) -> None:
        if fault := self._backend.faults.take("cartesia_refuse"):
            raise CartesiaError(int(fault.number("status")), "unavailable", "The service is not available.")
        key = (
            request.headers.get("X-API-Key")
            or request.query.get("api_key")
            or request.query.get("access_token")
            or request.headers.get("Authorization", "").removeprefix("Bearer ")
        )
        if not key or self._backend.options.cartesia_key not in (None, key):
            raise CartesiaError(401, "unauthorized", "Invalid API key.")

    def _refusal(self, request: web.Request, error: CartesiaError) -> web.Response:
        self.refused += 1
        self._backend.record.ring()
        return web.json_response(error.body(version_of(request)), status=error.status)


class CartesiaSocket:
    """One WebSocket and its contexts."""

    def __init__(self, cartesia: Cartesia, backend: Backend, request: web.Request) -> None:
        self._cartesia = cartesia
        self._backend = backend
        self._request = request
        self._version = version_of(request)
        self._socket = web.WebSocketResponse(compress=False)
        self.contexts: dict[str, Context] = {}

    async def serve(self) -> web.WebSocketResponse:
        """Talk until one side leaves or nothing was said for too long."""
        await self._socket.prepare(self._request)
        try:
            while True:
                message = await self._socket.receive(timeout=self._backend.options.cartesia_idle)
                if message.type is not WSMsgType.TEXT:
                    break
                await self._receive(message.data)
        except TimeoutError:
            await self._socket.close(message=b"idle")
        finally:
            for context in list(self.contexts.values()):
                context.abandon()
        return self._socket

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; a client that has left misses it."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._socket.send_str(json.dumps(message))

    def cut(self) -> None:
        """End the connection without a goodbye."""
        transport = self._request.transport
        if isinstance(transport, asyncio.Transport) and not transport.is_closing():
            with contextlib.suppress(OSError, RuntimeError):
                transport.write_eof()
            asyncio.get_running_loop().call_later(GRACE, transport.abort)

    def context_over(self, context: Context) -> None:
        """A context has ended; another may have its name by now."""
        if self.contexts.get(context.id) is context:
            del self.contexts[context.id]
        self._backend.record.ring()

    async def _receive(self, text: str) -> None:
        try:
            message = message_of(text)
            if isinstance(message, Cancel):
                self._cancel(message.context_id)
            else:
                self._speak(message)
        except CartesiaError as error:
            if context := self.contexts.get(error.context_id or ""):
                context.abandon()
            await self.send(error.body(self._version))

    def _cancel(self, context_id: str) -> None:
        self._cartesia.cancelled.append(context_id)
        if context := self.contexts.get(context_id):
            context.cancel()

    def _speak(self, piece: Piece) -> None:
        context = self.contexts.get(piece.context_id)
        if context is None:
            context = self.contexts[piece.context_id] = self._new_context(piece)
        elif not context.agrees_with(piece):
            text = "All fields except transcript, continue and duration must stay the same on a context."
            raise CartesiaError(400, "context_mismatch", text, piece.context_id)
        context.add(piece)

    def _new_context(self, piece: Piece) -> Context:
        self._cartesia.check_model(piece, piece.context_id)
        limit = self._backend.options.cartesia_contexts
        if limit is not None and self._cartesia.active >= limit:
            text = f"Too many concurrent requests: the limit is {limit}."
            raise CartesiaError(429, "concurrency_limited", text, piece.context_id)
        if fault := self._backend.faults.take("cartesia_error"):
            status, code, message = int(fault.number("status")), fault.text("code"), fault.text("message")
            raise CartesiaError(status, code, message, piece.context_id)
        return Context(piece, self, self._cartesia, self._backend)


def version_of(request: web.Request) -> str:
    """The API version, from the query or the header."""
    return request.query.get("cartesia_version") or request.headers.get("Cartesia-Version") or DEFAULT_VERSION
