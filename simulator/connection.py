"""One realtime socket: client events in, server events out, and all state of its session."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from simulator.backend import Backend
from simulator.chain import Chain, Entry
from simulator.dialect import Dialect
from simulator.errors import ProtocolError, missing, mistyped, refused
from simulator.faults import Fault
from simulator.frame import NotJson, parsed
from simulator.gate import Gate
from simulator.ids import new_id
from simulator.listener import Listener
from simulator.mcp_tools import McpTools
from simulator.outbox import Outbox
from simulator.plan import make_plan
from simulator.response import Response
from simulator.retrieved import shown_with_audio
from simulator.rules import decoded
from simulator.session import Session, TranscriptionSession
from simulator.silence import Silence
from simulator.times import session_dice
from simulator.usage import Usage

LARGEST_AUDIO = 15 * 1024 * 1024


class Connection:
    """Serves one client from handshake to close."""

    def __init__(
        self, backend: Backend, dialect: Dialect, model: str, request: web.Request, socket: web.WebSocketResponse
    ) -> None:
        options = backend.options
        self.backend = backend
        self.usage = Usage()
        self.conversation = Chain(options)
        self._seconds = options.ga_seconds if dialect.name == "ga" else options.preview_seconds
        self.session = (TranscriptionSession if dialect.transcribes else Session)(model, self._seconds, options)
        self.number = backend.faults.session_opened(self.session.id)
        self.dice = session_dice(options.seed, self.number)
        self._dialect = dialect
        self._request = request
        self._socket = socket
        self._listener = Listener(self)
        self.mcp = McpTools(self)
        self._active: Response | None = None
        self._responses: set[Response] = set()
        self._incoming: deque[str | bytes] = deque()
        self._held: list[str | bytes] = []
        """Frames that wait until it is known what the audio before them means."""
        self._none_held = asyncio.Event()
        self._none_held.set()
        self._timers: list[asyncio.TimerHandle] = []
        self._gate = Gate(self, backend.faults, self.session.id)
        self.gone = False
        """Nothing more is said or heard."""

    def configure(self, session: Mapping[str, Any]) -> None:
        """Settle the session before it begins. Raises ProtocolError."""
        self.session.update(session, audio_present=False)
        self._listener.session_changed()

    async def serve(self) -> web.WebSocketResponse:
        """Talk until one side leaves."""
        await self._socket.prepare(self._request)
        options = self.backend.options
        self._outbox = Outbox(self._socket, self._request.transport, options.round_trip / 2)
        writer = asyncio.create_task(self._outbox.run())
        stop_listening = self.backend.faults.listen(self._fault_armed)
        try:
            self._greet()
            await self._read(options.round_trip / 2)
        finally:
            stop_listening()
            self._leave()
            writer.cancel()
            await asyncio.wait([writer])
        return self._socket

    @property
    def summary(self) -> Mapping[str, Any]:
        """Which session this is."""
        model = self.session.effective.get("model")
        return {"number": self.number, "id": self.session.id, "dialect": self._dialect.name, "model": model}

    def emit(self, event: dict[str, Any]) -> None:
        """Send a server event, given in GA."""
        if self.gone:
            return
        name = event["type"]
        shown = self._dialect.outgoing(event)
        if shown is not None:
            shown["event_id"] = new_id("event")
            self._gate.send(shown, {name, shown["type"]})

    def fail(self, error: ProtocolError, event_id: str | None) -> None:
        """Send an `error` event and remember it."""
        body = error.body(event_id)
        self.backend.record.error(self.session.id, body)
        self.emit({"type": "error", "error": body})

    def send_raw(self, text: str) -> None:
        """Send a frame as it is."""
        self._outbox.put(text)

    def stall(self, seconds: float) -> None:
        """Send nothing for a while; what is due waits."""
        self._outbox.hold(seconds)

    def drop(self, at_once: bool = False) -> None:
        """Cut the socket without a goodbye."""
        self._outbox.cut(at_once)
        self._leave()

    def go_dead(self) -> None:
        """Leave the socket open, and be deaf and dumb."""
        if isinstance(transport := self._request.transport, asyncio.Transport):
            Silence(transport)
        self._outbox.freeze()
        self._leave()

    def close(self, code: int, reason: str) -> None:
        """Close the socket properly."""
        self._outbox.close(code, reason)
        self._leave()

    def respond(self, given: Mapping[str, Any]) -> None:
        """Create a response. Raises ProtocolError."""
        plan = make_plan(given, self.session, self.conversation, self.backend.options)
        if plan.in_conversation and self._active is not None:
            raise ProtocolError(
                "conversation_already_has_active_response",
                f"Conversation already has an active response in progress: {self._active.id}. "
                "Wait until the response is finished before creating a new one.",
            )
        response = Response(self, plan)
        self._responses.add(response)
        if plan.in_conversation:
            self._active = response
            self._listener.response_began()
        response.start()

    def interrupt(self) -> None:
        """The caller speaks: the answer that is under way ends."""
        if self._active is not None:
            self._active.cancel("turn_detected")

    def response_over(self, response: Response) -> None:
        """A response has ended: the next may begin."""
        self._responses.discard(response)
        if response is self._active:
            self._active = None
            self._listener.response_ended(response.spoken_ms)
        if self.backend.options.rate_limits_updated:
            limit = {"name": "tokens", "limit": 100_000, "remaining": 99_000, "reset_seconds": 0.6}
            self.emit({"type": "rate_limits.updated", "rate_limits": [limit]})
        self.backend.record.ring()
        self._watch_idle()

    def announce(self, entry: Entry, previous: str | None) -> None:
        """Tell of an item that is whole from the start."""
        for event in ("conversation.item.added", "conversation.item.done"):
            self.emit({"type": event, "previous_item_id": previous, "item": dict(entry.item)})

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back, unless the client leaves before."""
        timer = asyncio.get_running_loop().call_later(seconds, call)
        self._timers = [t for t in self._timers if not t.cancelled() and t.when() > timer.when() - seconds]
        self._timers.append(timer)
        return timer

    def _greet(self) -> None:
        self.emit({"type": "session.created", "session": self.session.shown})
        self.mcp.configure(self.session.tools)
        told = self.backend.options.conversation_created in (self._dialect.name, "both")
        if told and self.session.converses:
            conversation = {"id": self.conversation.id, "object": "realtime.conversation"}
            self.emit({"type": "conversation.created", "conversation": conversation})
        self.later(self._seconds, self.expire)
        self._gate.watch(self.backend.faults.armed)
        self._ping_later()
        self._watch_idle()

    def _ping_later(self) -> None:
        if (seconds := self.backend.options.ping) is not None:
            self.later(seconds, self._ping)

    def _ping(self) -> None:
        self._outbox.ping()
        self._ping_later()

    async def _read(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        read = (WSMsgType.TEXT, WSMsgType.BINARY) if self.backend.options.binary_refused else (WSMsgType.TEXT,)
        async for message in self._socket:
            if message.type not in read or self.gone:
                continue
            if delay:
                self._incoming.append(message.data)
                loop.call_later(delay, self._arrive)
            else:
                self._receive(message.data)
        await self._none_held.wait()  # who leaves has said it all the same

    def _arrive(self) -> None:
        frame = self._incoming.popleft()
        if not self.gone:
            self._receive(frame)

    def _receive(self, frame: str | bytes) -> None:
        event_id: str | None = None
        try:
            event = _parsed(frame)
            event_id = _event_id(event)
            if self._held or (self._listener.behind and event["type"] != "input_audio_buffer.append"):
                self._held.append(frame)
                self._none_held.clear()
                return
            self.backend.record.frame(self.session.id, event)
            understood = self._dialect.incoming(event)
            handle = self._handlers[understood["type"]]
            self._gate.receive(event["type"], lambda: handle(self, understood))
        except ProtocolError as error:
            self.fail(error, event_id)

    def caught_up(self) -> None:
        """What waited can be done; some of it may have to wait again."""
        held, self._held = self._held, []
        for frame in held:
            if not self.gone:
                self._receive(frame)
        if not self._held:
            self._none_held.set()

    def _on_session_update(self, event: Mapping[str, Any]) -> None:
        self.session.update(event["session"], self.conversation.audio_present)
        self._listener.session_changed()
        self.emit({"type": "session.updated", "session": self.session.shown})
        self.mcp.configure(self.session.tools)

    def _on_append(self, event: Mapping[str, Any]) -> None:
        audio = event["audio"]
        if len(audio) > LARGEST_AUDIO * 4 // 3:
            raise refused("audio", "Invalid 'audio': at most 15 MiB.")
        self._listener.hear(decoded(audio, "audio"))

    def _on_commit(self, _event: Mapping[str, Any]) -> None:
        self._listener.commit()

    def _on_clear(self, _event: Mapping[str, Any]) -> None:
        self._listener.clear()
        self.emit({"type": "input_audio_buffer.cleared"})

    def _on_item_create(self, event: Mapping[str, Any]) -> None:
        self.announce(*self.conversation.create(event["item"], event.get("previous_item_id")))

    def _on_item_delete(self, event: Mapping[str, Any]) -> None:
        self.conversation.delete(event["item_id"])
        self.emit({"type": "conversation.item.deleted", "item_id": event["item_id"]})

    def _on_item_truncate(self, event: Mapping[str, Any]) -> None:
        place = {key: event[key] for key in ("item_id", "content_index", "audio_end_ms")}
        self.conversation.truncate(**place)
        self.emit({"type": "conversation.item.truncated", **place})

    def _on_item_retrieve(self, event: Mapping[str, Any]) -> None:
        entry = self.conversation.find(event["item_id"], "retrieve_unknown")
        item = shown_with_audio(entry, self.session) if self.backend.options.retrieved_audio else dict(entry.item)
        self.emit({"type": "conversation.item.retrieved", "item": item})

    def _on_response_create(self, event: Mapping[str, Any]) -> None:
        self.respond(event.get("response") or {})

    def _on_response_cancel(self, event: Mapping[str, Any]) -> None:
        wanted = event.get("response_id")
        found = [r for r in self._responses if r.id == wanted] if wanted else [self._active] if self._active else []
        if not found:
            raise ProtocolError("response_cancel_not_active", "Cancellation failed: no active response found")
        found[0].cancel("client_cancelled")

    def expire(self) -> None:
        """End the session as at its maximum duration."""
        message = f"Your session hit the maximum duration of {round(self._seconds / 60)} minutes."
        self.fail(ProtocolError("session_expired", message), None)
        self.close(1001, message)

    def _fault_armed(self, fault: Fault) -> None:
        self._gate.watch((fault,))
        self._watch_idle()

    def _watch_idle(self) -> None:
        if self.gone or self._active is not None:
            return
        if fault := self.backend.faults.take("drop_idle", self.session.id):
            self._drop_when_idle(fault.number("seconds"))

    def _drop_when_idle(self, seconds: float) -> None:
        def drop() -> None:
            if self._active is None:
                self.drop()
            else:
                self._drop_when_idle(seconds)

        self.later(seconds, drop)

    def _leave(self) -> None:
        # What is being done, perhaps while a fault struck, is done to its end: it must not begin anything after this.
        self.gone = True
        asyncio.get_running_loop().call_soon(self._abandon)

    def _abandon(self) -> None:
        self._none_held.set()
        for response in self._responses:
            response.abandon()
        for timer in self._timers:
            timer.cancel()
        self._listener.leave()
        self.mcp.leave()

    _handlers: Mapping[str, Callable[[Connection, Mapping[str, Any]], None]] = {
        "session.update": _on_session_update,
        "input_audio_buffer.append": _on_append,
        "input_audio_buffer.commit": _on_commit,
        "input_audio_buffer.clear": _on_clear,
        "conversation.item.create": _on_item_create,
        "conversation.item.delete": _on_item_delete,
        "conversation.item.truncate": _on_item_truncate,
        "conversation.item.retrieve": _on_item_retrieve,
        "response.create": _on_response_create,
        "response.cancel": _on_response_cancel,
    }


def _parsed(frame: str | bytes) -> dict[str, Any]:
    if isinstance(frame, bytes):
        raise ProtocolError("invalid_event", "Events are text: a binary frame cannot be read.")
    try:
        event = parsed(frame)
    except NotJson:
        raise ProtocolError("invalid_json", "We could not parse the JSON body of your event.") from None
    if not isinstance(event, dict):
        raise ProtocolError("invalid_event", "The event is not a JSON object.")
    if "type" not in event:
        raise missing("type")
    if not isinstance(event["type"], str):
        raise mistyped("type", "a string", event["type"])
    return event


def _event_id(event: Mapping[str, Any]) -> str | None:
    given = event.get("event_id")
    return given if isinstance(given, str) else None
