"""The realtime session of one call: everything that LiveKit's has to do differently, and nothing else.

What it adds: the modality of the agent at hand, handoffs that keep the server's conversation, replies that survive a
dropped connection, a history that claims only what was heard, and sentences read aloud in the native voice. It reaches
into private parts of LiveKit's session (1.8.9) and is the only place that does.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

import aiohttp
import structlog
from livekit import rtc
from livekit.agents import Agent, APIConnectionError, APIError, llm, utils
from livekit.agents.llm._realtime.openai import _DiscardedGeneration, _ResponseGeneration
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.agents.voice.generation import remove_instructions
from livekit.plugins.openai.realtime import RealtimeModel, RealtimeSession
from openai.types.realtime import (
    ConversationItemAdded,
    ConversationItemCreateEvent,
    ConversationItemDeleteEvent,
    RealtimeConversationItemFunctionCall,
    RealtimeErrorEvent,
    RealtimeSessionCreateRequest,
    ResponseAudioDeltaEvent,
    ResponseCancelEvent,
    ResponseCreatedEvent,
    ResponseCreateEvent,
    ResponseDoneEvent,
    ResponseOutputItemDoneEvent,
)

from switchboard.line.context import ContextChoice
from switchboard.line.sentences import REST
from switchboard.line.voices import Modality
from switchboard.realtime.aloud import Reading, reading_request
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.pieces import RATE, Pieces
from switchboard.realtime.transcript import PacedTranscript

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 10.0  # LiveKit's own patience with a reply
RETRY_SECONDS = 1.0
CLOSING_SECONDS = 1.5
CUTS, CUT_SECONDS = 4, 0.1
"""A connection that is begun at the very moment of a cut outlives it, and waits for the service once more."""
MAX_RETRIES = 2

# A handoff takes LiveKit's listeners off the session and puts the next agent's on: what happens between is held back.
HELD_IN_A_HANDOFF = frozenset(
    {"input_audio_transcription_completed", "input_speech_started", "input_speech_stopped", "remote_item_added"}
)


@dataclass(frozen=True)
class Arrival:
    """How the next agent takes over: in which modality, and with what of the server's conversation (None: all)."""

    modality: Modality
    context: ContextChoice | None = None


@dataclass
class Cut:
    """An answer that broke off, to be taken up again on the same LiveKit generation."""

    generation: _ResponseGeneration
    heard: str
    asked: ResponseCreateEvent | None
    """What had asked for the answer; None when the server answered by itself."""
    retries: int = 0


class CallSession(RealtimeSession):
    """See the module. `token` and `reconnected` are those of `CallModel`."""

    def __init__(
        self,
        model: RealtimeModel,
        *,
        token: Callable[[], Awaitable[str]] | None = None,
        reconnected: Callable[[float], None] = lambda _: None,
        turn_detection_disabled: bool = False,
    ) -> None:
        super().__init__(model, turn_detection_disabled=turn_detection_disabled)
        self._bstream = Pieces()
        self._token = token
        self._reconnected = reconnected
        self.sockets = 0
        """Connections made so far."""
        self._lost_at: float | None = None
        self._before_the_loss: list[llm.ChatItem] = []
        self._replayed: set[str] = set()
        # items that our copy of the conversation has and the server has not confirmed; the events that added some
        self._unconfirmed: set[str] = set()
        self._added: dict[str, str] = {}
        self._transcript = PacedTranscript()
        self._hearing = Hearing(transcribed=self._opts.input_audio_transcription is not None)
        # replies: what asked for them, which of them went out, and which wait for another to end
        self._asked: dict[str, ResponseCreateEvent] = {}
        self._sent: set[str] = set()
        self._waiting: list[str] = []
        self._parked: dict[str, asyncio.Future[llm.GenerationCreatedEvent]] = {}
        # answers taken up again
        self._answering: ResponseCreateEvent | None = None
        self._called_a_tool = False
        self._cut: Cut | None = None
        self._resumed: dict[str, Cut] = {}
        self._retries = 0
        # handoffs
        self._arrival: Arrival | None = None
        self._handing_over = False
        self._arrived = False
        self._held: deque[tuple[Any, tuple[Any, ...]]] = deque(maxlen=100)
        # sentences read aloud, by the id of their request and then of their response
        self._readings: dict[str, Reading] = {}
        self._heard: dict[str, str] = {}
        self.on("openai_server_event_received", self._inspect)
        self.on("session_reconnected", self._take_up_again)

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """The session of the agent's call. Raises `RuntimeError` while the agent is not in a call."""
        session = agent.realtime_llm_session
        if not isinstance(session, cls):
            raise RuntimeError(f"{agent.id} is not in a call")
        return session

    # -- modality ------------------------------------------------------------------------------------------------------

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
        """Whether what is heard is only written down, and answered by nobody."""
        if turns := self._opts.turn_detection:
            answers = {"create_response": not quietly, "interrupt_response": not quietly}
            self.update_options(turn_detection=turns.model_copy(update=answers))

    # -- handoff -------------------------------------------------------------------------------------------------------

    def begin_handoff(self, arrival: Arrival) -> None:
        """From now until `end_handoff` the caller's words are kept for the next agent, and nobody else answers them."""
        self._arrival = arrival
        self._handing_over = True
        self._arrived = False

    def arrive(self, *, answers: bool) -> None:
        """The next agent is there. With `answers` its own answer comes next, and until then still no other does."""
        self._arrived = True
        if not answers:
            self.end_handoff()

    def end_handoff(self) -> None:
        """Whoever answers now answers in the name of the agent at hand."""
        self._handing_over = False
        self._arrival = None

    async def _update_session(
        self,
        *,
        instructions: NotGivenOr[str] = NOT_GIVEN,
        chat_ctx: NotGivenOr[llm.ChatContext] = NOT_GIVEN,
        tools: NotGivenOr[list[llm.Tool]] = NOT_GIVEN,
    ) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is None:
            await super()._update_session(instructions=instructions, chat_ctx=chat_ctx, tools=tools)
            return
        self.speak_as(arrival.modality)
        await super()._update_session(instructions=instructions, tools=tools)
        if arrival.context is not None:
            await self.update_chat_ctx(arrival.context(self.chat_ctx))

    def _append_audio(self, frames: list[rtc.AudioFrame]) -> None:
        """As LiveKit does it, without an object to be checked and dumped for every piece."""
        for piece in frames:
            self.send_event({"type": "input_audio_buffer.append", "audio": base64.b64encode(piece.data).decode()})
            self._pushed_duration_s += piece.duration

    def clear_audio(self) -> None:
        """Forget the caller's uncommitted words; not in a handoff, which would cut a caller in mid-sentence."""
        if not self._handing_over:
            super().clear_audio()

    def emit(self, event: Any, *args: Any) -> None:
        if event == "openai_client_event_queued":  # not by `on`, which inspects signatures at each event
            self._note_sent(*args)
        if event in HELD_IN_A_HANDOFF and not self._events.get(event):
            self._held.append((event, args))
            return
        super().emit(event, *args)

    def on(self, event: Any, callback: Callable[..., Any] | None = None) -> Callable[..., Any]:
        registered = super().on(event, callback)
        if callback is not None:
            for held in [entry for entry in self._held if entry[0] == event]:
                self._held.remove(held)
                super().emit(held[0], *held[1])
        return registered

    # -- replies -------------------------------------------------------------------------------------------------------

    def send_event(self, event: Any) -> None:
        if isinstance(event, ResponseCreateEvent) and event.event_id:
            self._asked[event.event_id] = event
        super().send_event(event)

    def _note_sent(self, event: dict[str, Any]) -> None:
        if event["type"] == "response.create" and event.get("event_id"):
            self._sent.add(event["event_id"])
        elif event["type"] == "input_audio_buffer.append":
            self._hearing.sent(event, _seconds(event["audio"]))

    def interrupt(self) -> None:
        """Cancel the answer that is being given, or that was about to be taken up again."""
        if cut := self._drop_cut():
            self._end_generation(cut.generation)
        for event_id, resumed in self._resumed.items():
            self._discarded_event_ids.add(event_id)
            self._end_generation(resumed.generation)
        self._resumed.clear()
        super().interrupt()

    def _handle_response_created(self, event: ResponseCreatedEvent) -> None:
        asked_by = _client_event_id(event)
        self._answering = self._asked.pop(asked_by, None)
        self._sent.discard(asked_by)
        self._called_a_tool = False
        self._transcript.cut()
        if cut := self._resumed.pop(asked_by, None):
            self._current_generation = cut.generation
            self._answering = cut.asked
            self._retries = cut.retries
            return
        self._retries = 0
        if self._handing_over and asked_by not in self._response_created_futures:
            # the server answers the caller in the name of an agent that has already left
            self.send_event(ResponseCancelEvent(type="response.cancel", response_id=event.response.id))
            self._current_generation = _DiscardedGeneration()
            return
        if self._arrived:
            self.end_handoff()
        super()._handle_response_created(event)

    def _handle_function_call(self, item: RealtimeConversationItemFunctionCall) -> None:
        self._called_a_tool = True
        super()._handle_function_call(item)

    def _handle_response_done(self, event: ResponseDoneEvent) -> None:
        if isinstance(self._current_generation, _DiscardedGeneration):
            self._forget_unheard(event)
        elif self._may_retry(event):
            self._retry_later(event)
            return
        super()._handle_response_done(event)
        for item_id in [item.id for item in event.response.output or [] if item.id in self._heard]:
            self._correct_history(item_id)
        for event_id in self._waiting:
            if event_id in self._asked:
                super().send_event(self._asked[event_id])
        self._waiting.clear()

    def _forget_unheard(self, event: ResponseDoneEvent) -> None:
        for item in event.response.output or []:
            if item.id and self._remote_chat_ctx.get(item.id):
                self.send_event(_deletion(item.id))

    def _handle_error(self, event: RealtimeErrorEvent) -> None:
        asked = event.error.event_id or ""
        if item_id := self._added.pop(asked, None):
            self._take_back(item_id, event.error.code)
            return
        if event.error.code == "conversation_already_has_active_response" and asked in self._asked:
            self._waiting.append(asked)
            return
        if cut := self._resumed.pop(asked, None):
            self._end_generation(cut.generation)
        super()._handle_error(event)

    # -- items are added without waiting -------------------------------------------------------------------------------

    async def update_chat_ctx(self, chat_ctx: llm.ChatContext) -> None:
        """LiveKit waits for the server to confirm each change, a round trip in every tool call and every handoff.

        What is only added needs no waiting: the socket keeps the order. A refused item is taken back and logged.
        """
        wanted = chat_ctx.copy(exclude_handoff=True, exclude_config_update=True)
        remove_instructions(wanted)
        async with self._update_chat_ctx_lock:
            events = self._create_update_chat_ctx_events(wanted)
            creations = [event for event in events if isinstance(event, ConversationItemCreateEvent)]
            if len(creations) == len(events):
                for event in creations:
                    self._add_item(event, wanted)
                return
        await super().update_chat_ctx(chat_ctx)

    def _add_item(self, event: ConversationItemCreateEvent, wanted: llm.ChatContext) -> None:
        assert event.item.id and event.event_id
        item = wanted.get_by_id(event.item.id)
        assert item is not None
        previous = None if event.previous_item_id == "root" else event.previous_item_id
        self._remote_chat_ctx.insert(previous, item.model_copy())
        self._unconfirmed.add(item.id)
        self._added[event.event_id] = item.id
        self.send_event(event)

    def _handle_conversion_item_added(self, event: ConversationItemAdded) -> None:
        if event.item.id in self._unconfirmed:
            self._unconfirmed.discard(event.item.id)
            self._added = {key: item_id for key, item_id in self._added.items() if item_id != event.item.id}
            return
        super()._handle_conversion_item_added(event)

    def _take_back(self, item_id: str, code: str | None) -> None:
        if code == "item_create_duplicate_item_id":
            return  # a reconnect had sent it already
        log.warning("the realtime service refused a conversation item", code=code)
        self._unconfirmed.discard(item_id)
        if self._remote_chat_ctx.get(item_id):
            self._remote_chat_ctx.delete(item_id)

    # -- a failed answer is asked for again ----------------------------------------------------------------------------

    def _may_retry(self, event: ResponseDoneEvent) -> bool:
        return (
            event.response.status == "failed"
            and isinstance(self._current_generation, _ResponseGeneration)
            and not self._called_a_tool
            and self._retries < MAX_RETRIES
            and not self._is_fatal_error(getattr(event.response.status_details, "error", None))
        )

    def _retry_later(self, event: ResponseDoneEvent) -> None:
        assert isinstance(self._current_generation, _ResponseGeneration)
        heard = self._close_messages(self._current_generation)
        self._cut = Cut(self._current_generation, heard, self._answering, self._retries + 1)
        self._current_generation = None
        error = getattr(event.response.status_details, "error", None)
        failed = APIError(f"response failed: {getattr(error, 'code', 'unknown')}", body=error, retryable=True)
        self._emit_error(failed, recoverable=True)
        asyncio.get_running_loop().call_later(RETRY_SECONDS, self._resume_cut, self._cut)

    # -- dropped connections -------------------------------------------------------------------------------------------

    async def _create_ws_conn(self) -> aiohttp.ClientWebSocketResponse:
        if self.sockets:
            self._park()
        if self._token is not None:
            self._opts.entra_token = await self._token()
        connection = await super()._create_ws_conn()
        self.sockets += 1
        return connection

    def _park(self) -> None:
        """Put aside what the lost connection owes, before LiveKit gives it up: replies asked for, and the one cut."""
        if self._lost_at is None:
            self._lost_at = time.monotonic()
            self._transcript.cut()
        self._parked.update({key: fut for key, fut in self._response_created_futures.items() if not fut.done()})
        self._response_created_futures.clear()
        for reading in self._readings.values():
            reading.fail("the connection was lost")
        self._readings.clear()
        generation = self._current_generation
        if isinstance(generation, _ResponseGeneration) and not generation._done_fut.done() and not self._called_a_tool:
            self._cut = Cut(generation, self._close_messages(generation), self._answering)
            self._current_generation = None
        self._before_the_loss = self.chat_ctx.items or self._before_the_loss

    def _close_messages(self, generation: _ResponseGeneration) -> str:
        """End the open messages with what has come of them, in LiveKit and in the history; returns all of it."""
        self._transcript.cut()
        for item_id, message in generation.messages.items():
            if not message.text_ch.closed:
                self._heard[item_id] = message.audio_transcript
                self._correct_history(item_id)
            if not message.modalities.done():
                message.modalities.set_result(self._opts.modalities)
            for channel in (message.text_ch, message.audio_ch):
                if not channel.closed:
                    channel.close()
        return " ".join(text for message in generation.messages.values() if (text := message.audio_transcript.strip()))

    def _take_up_again(self, *_: object) -> None:
        if self._lost_at is not None:
            self._reconnected(time.monotonic() - self._lost_at)
        self._lost_at = None
        self._restore_conversation()
        parked, self._parked = self._parked, {}
        for event_id, future in parked.items():
            if not future.done():
                self._response_created_futures[event_id] = future
                if event_id in self._sent:
                    super().send_event(self._asked[event_id])
        if self._cut and self._cut.heard:
            self._hearing.take()  # the caller has an answer to that already, at least half of one
        elif self._cut and not self._cut.asked and self._hearing.owed:
            self._end_generation(self._cut.generation)  # the server answers again when it hears it again
            self._cut = None
        self._say_again(self._hearing.take())
        if self._cut:
            self._resume_cut(self._cut)

    def _say_again(self, audio: list[dict[str, Any]]) -> None:
        """Send the caller's words of the lost connection, before those that have come meanwhile."""
        waiting = []
        with contextlib.suppress(utils.aio.channel.ChanEmpty, utils.aio.ChanClosed):
            while audio:
                waiting.append(self._msg_ch.recv_nowait())
        for event in [*audio, *waiting]:
            super().send_event(event)

    def _restore_conversation(self) -> None:
        """Know at once what LiveKit has just replayed: until it is confirmed, new items would go to its front."""
        replayed = [item for item in self._before_the_loss if item.type != "message" or item.content]
        previous: str | None = None
        for item in replayed:
            if not self._remote_chat_ctx.get(item.id):
                self._remote_chat_ctx.insert(previous, item)
                self._unconfirmed.add(item.id)
            previous = item.id
        self._replayed |= self._unconfirmed
        self._before_the_loss = []

    def _resume_cut(self, cut: Cut) -> None:
        """Ask for the rest of an answer that broke off, or for all of it if nothing was heard."""
        if cut is not self._cut:
            return  # interrupted, or taken up elsewhere, in the meantime
        self._cut = None
        event_id = utils.shortuuid("response_rest_")
        self._resumed[event_id] = cut
        self.send_event(self._request_of(cut, event_id))
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._give_up, event_id)

    def _request_of(self, cut: Cut, event_id: str) -> ResponseCreateEvent:
        response: dict[str, Any] = {}
        if cut.asked is not None and cut.asked.response is not None:
            response = cut.asked.response.model_dump(exclude_unset=True)
        if cut.heard:
            response["instructions"] = f"{self._instructions or ''}\n{REST.format(heard=cut.heard)}"
        response["metadata"] = {"client_event_id": event_id}
        return ResponseCreateEvent.model_validate(
            {"type": "response.create", "event_id": event_id, "response": response}
        )

    def _give_up(self, event_id: str) -> None:
        if cut := self._resumed.pop(event_id, None):
            log.warning("an answer that broke off was not taken up again")
            self._end_generation(cut.generation)

    def _drop_cut(self) -> Cut | None:
        cut, self._cut = self._cut, None
        return cut

    def _end_generation(self, generation: _ResponseGeneration) -> None:
        generation._close()
        for message in generation.messages.values():
            if not message.modalities.done():
                message.modalities.set_result(self._opts.modalities)
        if not generation._done_fut.done():
            generation._done_fut.set_result(None)

    def _emit_error(self, error: Exception, recoverable: bool) -> None:
        if isinstance(error, APIConnectionError):
            self._park()  # now, not when the new connection is there: an interruption in between has to find it
        if not recoverable:  # LiveKit ends everything that waits, if it can see it
            self._response_created_futures.update(self._parked)
            if cut := self._drop_cut():
                self._current_generation = cut.generation
        super()._emit_error(error, recoverable)

    # -- the history claims what was heard -----------------------------------------------------------------------------

    def _handle_response_audio_transcript_delta(self, event: dict[str, Any]) -> None:
        forward = super()._handle_response_audio_transcript_delta
        self._transcript.words(event["delta"], lambda: forward(event))

    def _handle_response_audio_delta(self, event: ResponseAudioDeltaEvent) -> None:
        super()._handle_response_audio_delta(event)
        self._transcript.audio(_seconds(event.delta))

    def _handle_response_output_item_done(self, event: ResponseOutputItemDoneEvent) -> None:
        if event.item.type == "message" and getattr(event.item, "status", None) != "incomplete":
            self._transcript.finish()
        super()._handle_response_output_item_done(event)

    def truncate(
        self,
        *,
        message_id: str,
        modalities: list[Literal["text", "audio"]],
        audio_end_ms: int,
        audio_transcript: NotGivenOr[str] = NOT_GIVEN,
    ) -> None:
        if message_id in self._replayed:  # the new connection knows it as text, whose sound cannot be cut
            modalities = ["text"]
        super().truncate(
            message_id=message_id,
            modalities=modalities,
            audio_end_ms=audio_end_ms,
            audio_transcript=audio_transcript,
        )
        if "audio" in modalities and isinstance(audio_transcript, str):
            self._heard[message_id] = audio_transcript
            self._correct_history(message_id)

    def _correct_history(self, item_id: str) -> None:
        """LiveKit's copy of the conversation, which a reconnect replays, holds what the caller heard of an item."""
        entry = self._remote_chat_ctx.get(item_id)
        if entry and isinstance(entry.item, llm.ChatMessage):
            entry.item.content = [self._heard[item_id]] if self._heard[item_id] else []

    # -- reading aloud -------------------------------------------------------------------------------------------------

    async def read_aloud(self, text: str) -> AsyncIterator[bytes]:
        """`text` in the call's native voice, outside of the conversation: PCM16 mono at 24 kHz, as it comes.

        Raises `APIConnectionError` when the model does not read it to its end.
        """
        event_id = utils.shortuuid("response_aloud_")
        reading = self._readings[event_id] = Reading()
        preview = bool(self._opts.is_azure and self._opts.api_version)
        super().send_event(reading_request(event_id, text, preview))
        patience = asyncio.get_running_loop().call_later(ANSWER_SECONDS, reading.fail, "nothing came in time")
        try:
            async for chunk in reading.chunks():
                patience.cancel()
                yield chunk
        finally:
            patience.cancel()
            self._readings = {key: value for key, value in self._readings.items() if value is not reading}

    def _inspect(self, event: dict[str, Any]) -> None:
        """See every server event first, and keep those of readings from LiveKit, which knows one answer at a time."""
        self._hearing.received(event)
        response = event.get("response") or {}
        asked_by = (response.get("metadata") or {}).get("client_event_id")
        if event["type"] == "response.created" and asked_by in self._readings:
            self._readings[response["id"]] = self._readings[asked_by]
        reading = self._readings.get(event.get("response_id") or response.get("id") or "")
        if reading is None:
            return
        if reading.take(event):
            self._readings.pop(response["id"], None)
        event["type"] = "switchboard.reading"  # unknown to LiveKit, which passes it over

    # -- the end -------------------------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        """Close the connection. Always completes, and within two seconds.

        LiveKit's own raises the error that ended the session once more, and waits for a connection that is being made
        and for a service that does not answer a close.
        """
        closing = asyncio.ensure_future(super().aclose())
        await asyncio.wait([closing], timeout=CLOSING_SECONDS)
        if not closing.done():
            log.warning("the realtime connection did not close in time: it is cut")
        for _ in range(CUTS):
            if not closing.done():
                self._main_atask.cancel()
                await asyncio.wait([closing], timeout=CUT_SECONDS)
        if not closing.done():
            log.error("the realtime connection could not be cut")
        elif not closing.cancelled() and (error := closing.exception()):  # reported by its `error` event
            log.debug("the realtime session had failed before it was closed", error=type(error).__name__)


def _client_event_id(event: ResponseCreatedEvent) -> str:
    metadata = event.response.metadata
    return str(metadata.get("client_event_id", "")) if isinstance(metadata, dict) else ""


def _seconds(audio: str) -> float:
    """How long base64 of PCM16 at 24 kHz plays."""
    return len(audio) * 3 / 4 / 2 / RATE


def _deletion(item_id: str) -> ConversationItemDeleteEvent:
    event_id = utils.shortuuid("chat_ctx_delete_")
    return ConversationItemDeleteEvent(type="conversation.item.delete", item_id=item_id, event_id=event_id)
