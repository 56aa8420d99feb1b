"""Cartesia's text to speech: the WebSocket with its contexts, and the endpoint for bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMsgType, web

from simulator.backend import Backend
from simulator.cartesia_context import Context, Said, speak_at, voice_of
from simulator.ids import new_id
from simulator.outbox import GRACE
from simulator.sound import ENCODERS, encode, wav

DEFAULT_VERSION = "2025-04-16"
STRUCTURED_ERRORS = "2026-03-01"
MAX_SAID = 10_000
CONTAINERS = ("raw", "wav")


class CartesiaError(Exception):
    """A refusal in Cartesia's terms."""

    def __init__(self, status: int, code: str, message: str, context_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.context_id = context_id

    def body(self, version: str) -> dict[str, Any]:
        """The error object: a sentence in older versions, structured from 2026-03-01 on."""
        base = {"type": "error", "done": True, "status_code": self.status, "context_id": self.context_id}
        if version < STRUCTURED_ERRORS:
            return {**base, "error": self.message}
        title = self.code.replace("_", " ").capitalize()
        return {**base, "title": title, "message": self.message, "error_code": self.code, "request_id": new_id("req")}


class Cartesia:
    """`opened` and `open` count sockets; `spoken` holds what was said, in order."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
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
        """The WebSocket and the endpoint for bytes."""
        return [web.get("/tts/websocket", self._serve), web.post("/tts/bytes", self._bytes)]

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
        await asyncio.sleep(self._backend.options.cartesia_connect_delay)
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
            self._admit(request)
            asked = _parsed(await request.text())
            self.check_model(asked)
            form = check_format(asked)
        except CartesiaError as error:
            return self._refusal(request, error)
        self.said(Said(voice_of(asked), str(asked["model_id"]), str(asked["transcript"]), None))
        voice, speed = speak_at(asked)
        speech = await self._backend.voice.speak(str(asked["transcript"]), voice, speed)
        await asyncio.sleep(self._backend.options.cartesia_first_audio)
        data = await asyncio.to_thread(encode, speech.pcm, form["encoding"], form["sample_rate"])
        if form["container"] == "wav":
            return web.Response(body=wav(data, form["sample_rate"]), content_type="audio/wav")
        return web.Response(body=data, content_type="audio/pcm")

    def check_model(self, asked: Mapping[str, Any]) -> None:
        """The model has to exist still, and to have the controls that are asked for. Raises CartesiaError."""
        options, model, context_id = self._backend.options, asked.get("model_id"), asked.get("context_id")
        if not model or (options.cartesia_models is not None and model not in options.cartesia_models):
            raise CartesiaError(400, "model_not_found", f"Invalid model: {model}", context_id)
        if model in options.cartesia_sunset:
            text = "The requested model has been sunsetted and is no longer available."
            raise CartesiaError(400, "model_sunsetted", text, context_id)
        controls = asked.get("generation_config") or {}
        if model in options.cartesia_uncontrolled and not controls.keys().isdisjoint(("speed", "volume")):
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

    def context_over(self, context_id: str) -> None:
        """A context has ended."""
        self.contexts.pop(context_id, None)
        self._backend.record.ring()

    async def _receive(self, text: str) -> None:
        try:
            message = _parsed(text)
            context_id = message.get("context_id")
            if not isinstance(context_id, str):
                raise CartesiaError(400, "context_id_required", "context_id is required")
            if message.get("cancel"):
                self._cancel(context_id)
            else:
                self._speak(context_id, message)
        except CartesiaError as error:
            await self.send(error.body(self._version))

    def _cancel(self, context_id: str) -> None:
        self._cartesia.cancelled.append(context_id)
        if context := self.contexts.get(context_id):
            context.cancel()

    def _speak(self, context_id: str, message: Mapping[str, Any]) -> None:
        context = self.contexts.get(context_id)
        if context is None:
            context = self.contexts[context_id] = self._new_context(context_id, message)
        elif not context.agrees_with(message):
            text = "All fields except transcript, continue and duration must stay the same on a context."
            raise CartesiaError(400, "context_mismatch", text, context_id)
        context.add(message)

    def _new_context(self, context_id: str, message: Mapping[str, Any]) -> Context:
        self._cartesia.check_model(message)
        check_format(message)
        limit = self._backend.options.cartesia_contexts
        if limit is not None and self._cartesia.active >= limit:
            text = f"Too many concurrent requests: the limit is {limit}."
            raise CartesiaError(429, "concurrency_limited", text, context_id)
        if fault := self._backend.faults.take("cartesia_error"):
            raise CartesiaError(int(fault.number("status")), fault.text("code"), fault.text("message"), context_id)
        return Context(context_id, message, self, self._cartesia, self._backend)


def version_of(request: web.Request) -> str:
    """The API version, from the query or the header."""
    return request.query.get("cartesia_version") or request.headers.get("Cartesia-Version") or DEFAULT_VERSION


def check_format(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The output format. Raises CartesiaError for one that is not known."""
    form = asked.get("output_format")
    context_id = asked.get("context_id")
    if not isinstance(form, dict) or form.get("container") not in CONTAINERS:
        raise CartesiaError(400, "invalid_output_format", f"container must be one of {CONTAINERS}", context_id)
    if form.get("encoding") not in ENCODERS or not isinstance(form.get("sample_rate"), int):
        raise CartesiaError(400, "invalid_output_format", f"encoding must be one of {tuple(ENCODERS)}", context_id)
    voice = asked.get("voice")
    if not isinstance(voice, dict) or not (isinstance(voice.get("id"), str) or "embedding" in voice):
        raise CartesiaError(400, "voice_required", "voice is required", context_id)
    return form


def _parsed(text: str) -> dict[str, Any]:
    with contextlib.suppress(json.JSONDecodeError):
        message = json.loads(text)
        if isinstance(message, dict) and (isinstance(message.get("transcript"), str) or message.get("cancel")):
            return message
    raise CartesiaError(400, "invalid_request", "The message is not a JSON object with a transcript.")
