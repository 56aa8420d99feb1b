"""The realtime session of one call: everything that LiveKit's has to do differently, and nothing else.

What it adds: the modality of the agent at hand, handoffs that keep the server's conversation, replies that survive a
dropped connection, a history that claims only what was heard, and sentences read aloud in the native voice. It reaches
into private parts of LiveKit's session (1.8.9) and is the only place that does.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
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
    ConversationItem,
    ConversationItemAdded,
    ConversationItemCreateEvent,
    ConversationItemDeletedEvent,
    ConversationItemDeleteEvent,
    RealtimeClientEvent,
    RealtimeConversationItemFunctionCall,
    RealtimeErrorEvent,
    RealtimeSessionCreateRequest,
    ResponseAudioDeltaEvent,
    ResponseAudioDoneEvent,
    ResponseCancelEvent,
    ResponseCreatedEvent,
    ResponseCreateEvent,
    ResponseDoneEvent,
    ResponseOutputItemDoneEvent,
)

from switchboard.line.context import ContextChoice
from switchboard.line.voices import Modality
from switchboard.realtime.aloud import Readings
from switchboard.realtime.answer import Answer
from switchboard.realtime.broken import Broken, BrokenAnswers
from switchboard.realtime.endpoints import Endpoints
from switchboard.realtime.frames import Twice, clean_frame
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.held import HeldEvents
from switchboard.realtime.lost import LostConnection
from switchboard.realtime.mirror import Mirror
from switchboard.realtime.patience import Patience
from switchboard.realtime.pieces import RATE, Pieces
from switchboard.realtime.renewal import Renewal
from switchboard.realtime.requests import Requests
from switchboard.realtime.rest import Rest
from switchboard.realtime.transcript import PacedTranscript
from switchboard.realtime.watchdog import Watchdog

log = structlog.get_logger(__name__)

CLOSING_SECONDS = 1.5
UNWANTED = "switchboard.unwanted"
"""A kind of event that is unknown to LiveKit, which passes it over."""
PATIENCE_SECONDS = 20.0
ELSEWHERE_SECONDS = 3.0
"""A service that wants to be left alone for longer is left, if there is another one."""
CUTS, CUT_SECONDS = 4, 0.1
"""A connection that is begun at the very moment of a cut outlives it, and waits for the service once more."""


@dataclass(frozen=True)
class Arrival:
    """How the next agent takes over: in which modality, and with what of the server's conversation (None: all)."""

    modality: Modality
    context: ContextChoice | None = None


class CallSession(RealtimeSession):
    """See the module. All but the last option are those of `CallModel`."""

    def __init__(
        self,
        model: RealtimeModel,
        *,
        endpoints: Endpoints,
        reconnected: Callable[[float], None] = lambda _: None,
        refused: Callable[[], None] = lambda: None,
        gave_up: Callable[[], Awaitable[None]] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        turn_detection_disabled: bool = False,
    ) -> None:
        super().__init__(model, turn_detection_disabled=turn_detection_disabled)
        self._bstream = self._pieces = Pieces()
        self._own_turns = self._opts.turn_detection
        self._endpoints = endpoints
        self._reconnected = reconnected
        self._refused = refused
        self._gave_up = gave_up
        self._giving_up: asyncio.Future[None] | None = None
        self._answers, self._connects = Patience(patience_seconds), Patience(patience_seconds)
        self.sockets = 0
        """Connections made so far."""
        self._twice = Twice()
        self._transcript = PacedTranscript()
        self._hearing = Hearing(transcribed=self._opts.input_audio_transcription is not None)
        self._requests = Requests()
        self._mirror = Mirror(lambda: self._remote_chat_ctx)
        self._lost = LostConnection()
        self._rest = Rest()
        self._rested = False
        self._renewal = Renewal(self._opts.max_session_duration, self._renewing_would_be_noticed)
        self._opts.max_session_duration = None  # LiveKit's renewal is deaf to a connection that is lost meanwhile
        self._broken = BrokenAnswers(self.send_event, lambda: self._instructions or "", self._end_generation)
        self._readings = Readings(super().send_event)
        self._connection: aiohttp.ClientWebSocketResponse | None = None
        self._watchdog = Watchdog(self._break_off)
        self._breaking_off: asyncio.Future[bool] | None = None
        self._hung_up = False
        # the answer at hand
        self._answer = Answer()
        # handoffs
        self._arrival: Arrival | None = None
        self._handing_over = False
        self._arrived = False
        self._held = HeldEvents()
        self.on("openai_server_event_received", self._inspect)
        self.on("session_reconnected", self._take_up_again)

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """The session of the agent's call. Raises `RuntimeError` while the agent is not in a call."""
        session = agent.realtime_llm_session
        if not isinstance(session, cls):
            raise RuntimeError(f"{agent.id} is not in a call")
        return session

    @property
    def away(self) -> bool:
        """The service has gone, and is not back."""
        return self._lost.away and not self._rest.taken

    @property
    def owes(self) -> bool:
        """Whether the service has an answer to give, or to go on with."""
        return self._watchdog.owed or self._broken.waiting is not None or bool(self._lost.replies)

    @property
    def hears_speech(self) -> bool:
        """Whether the caller seems to speak, as far as can be told without the service."""
        return self._pieces.speech

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
        """Whether what is heard is only written down, and answered by nobody; else it is done as the settings say."""
        if turns := self._own_turns:
            silent = turns.model_copy(update={"create_response": False, "interrupt_response": False})
            self.update_options(turn_detection=silent if quietly else turns)

    @property
    def _answers_turns(self) -> bool:
        """Whether the service answers what it hears by itself."""
        turns = self._opts.turn_detection
        return turns is not None and turns.create_response is not False

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
        if not self._events.get(event) and self._held.hold(event, args):
            return
        super().emit(event, *args)

    def on(self, event: Any, callback: Callable[..., Any] | None = None) -> Callable[..., Any]:
        registered = super().on(event, callback)
        if callback is not None:
            for args in self._held.release(event):
                super().emit(event, *args)
        return registered

    # -- replies -------------------------------------------------------------------------------------------------------

    def generate_reply(self, **options: Any) -> asyncio.Future[llm.GenerationCreatedEvent]:
        reply = super().generate_reply(**options)
        if self._lost.away and self.sockets:
            self._lost.note(self._response_created_futures)
        if self._hung_up:
            self._owe_nothing()
        return reply

    def send_event(self, event: Any) -> None:
        if isinstance(event, ResponseCreateEvent):
            self._requests.ask(event)
        super().send_event(event)

    def _note_sent(self, event: dict[str, Any]) -> None:
        if event["type"] == "response.create":
            self._watchdog.asked()
        elif event["type"] == "input_audio_buffer.append":
            self._hearing.sent(event, _seconds(event["audio"]))

    def interrupt(self) -> None:
        """Cancel the answer that is being given, or that was about to be taken up again."""
        self._discarded_event_ids.update(self._broken.interrupt())
        super().interrupt()

    def _handle_response_created(self, event: ResponseCreatedEvent) -> None:
        asked_by = _client_event_id(event)
        self._answer = Answer(self._requests.answered(asked_by))
        self._transcript.cut()
        if broken := self._broken.begun(asked_by):
            self._current_generation = broken.generation
            self._answer = broken.answer
            return
        if self._handing_over and asked_by not in self._response_created_futures:
            # the server answers the caller in the name of an agent that has already left
            self.send_event(ResponseCancelEvent(type="response.cancel", response_id=event.response.id))
            self._current_generation = _DiscardedGeneration()
            return
        if self._arrived:
            self.end_handoff()
        super()._handle_response_created(event)

    def _handle_function_call(self, item: RealtimeConversationItemFunctionCall) -> None:
        if _half_written(item):
            return  # interrupted, cut or failed while it was written: LiveKit would mend what is there, and do it
        if item.id in self._answer.unwanted:
            return
        if self._answer.repeats and self._mirror.has_called(_called(item)):
            self._answer.unwanted.add(item.id or "")  # the model does not know that it has done that
            return
        self._answer.called = True
        super()._handle_function_call(item)

    def _handle_response_done(self, event: ResponseDoneEvent) -> None:
        output = event.response.output or []
        generation = self._current_generation
        unheard = isinstance(generation, _DiscardedGeneration)
        unwanted = self._answer.unwanted
        self._forget(item for item in output if unheard or _half_written(item) or item.id in unwanted)
        if not unheard and self._may_retry(event):
            if self._retries(event):
                return
            self._give_up(APIError("the service gives no answers", retryable=False))
        if self._answer.differs and isinstance(generation, _ResponseGeneration):
            self._break_up(generation)
            self._broken.resume()
            return
        super()._handle_response_done(event)
        if event.response.status == "completed":
            self._answers.served()
            self._endpoints.served()
        elif not unheard and _reason(event) == "content_filter":
            self._refused()
        for item_id in generation.messages if isinstance(generation, _ResponseGeneration) else ():
            if (words := self._answer.interrupted.get(item_id)) is not None:
                self._rewrite(item_id, words)
            self._mirror.correct(item_id)
        for request in self._requests.waited():
            super().send_event(request)
        self._renewal.look()

    def forget_unheard(self, heard: llm.ChatContext) -> None:
        """The model is not to see its answers that are not in `heard`; LiveKit leaves them to it."""
        said = [item for item in self.chat_ctx.items if item.type == "message" and item.role == "assistant"]
        self._forget([item for item in said if not heard.get_by_id(item.id)])

    def _forget(self, items: Iterable[ConversationItem | llm.ChatItem]) -> None:
        """Nobody heard these, or they were never whole: the model is not to see them either."""
        for item in items:
            if item.id and self._remote_chat_ctx.get(item.id):
                event = _deletion(item.id)
                self._mirror.remove(event)  # at once: what comes next would stand after an item that is gone
                self.send_event(event)

    def _handle_error(self, event: RealtimeErrorEvent) -> None:
        asked = event.error.event_id or ""
        if self._renewal.expired(event.error.code, event.error.type):
            return
        if moved := self._mirror.misplaced(asked, event.error.param):
            self.send_event(moved)
            return
        if self._mirror.refused(asked, event.error.code):
            return
        if event.error.code == "conversation_already_has_active_response" and self._requests.wait(asked):
            return
        self._broken.refused(asked)
        super()._handle_error(event)

    # -- items come and go without waiting -----------------------------------------------------------------------------

    async def update_chat_ctx(self, chat_ctx: llm.ChatContext) -> None:
        """LiveKit waits for the server to confirm each change, a round trip in every tool call and many a handoff.

        There is nothing to wait for: the socket keeps the order. A refused item is taken back and logged.
        """
        wanted = chat_ctx.copy(exclude_handoff=True, exclude_config_update=True)
        remove_instructions(wanted)
        self._change(wanted)

    def _change(self, wanted: llm.ChatContext) -> None:
        for event in self._create_update_chat_ctx_events(wanted):
            if isinstance(event, ConversationItemCreateEvent):
                item = wanted.get_by_id(event.item.id or "")
                assert item is not None
                self._mirror.add(event, item)
            else:
                self._mirror.remove(event)
            self.send_event(event)

    def _handle_conversion_item_added(self, event: ConversationItemAdded) -> None:
        if not self._mirror.confirmed(event.item.id):
            super()._handle_conversion_item_added(event)

    def _handle_conversion_item_deleted(self, event: ConversationItemDeletedEvent) -> None:
        if not self._mirror.confirmed_removal(event.item_id):
            super()._handle_conversion_item_deleted(event)

    # -- a failed answer is asked for again ----------------------------------------------------------------------------

    def _may_retry(self, event: ResponseDoneEvent) -> bool:
        return (
            event.response.status == "failed"
            and isinstance(self._current_generation, _ResponseGeneration)
            and not self._answer.called
            and not self._is_fatal_error(getattr(event.response.status_details, "error", None))
        )

    def _retries(self, event: ResponseDoneEvent) -> bool:
        """Whether the answer is asked for again: elsewhere at once, where this service will not give it soon."""
        seconds = self._answers.failed(_message(event))
        self._endpoints.at_hand.breaker.failed()
        soon = seconds is not None and seconds <= ELSEWHERE_SECONDS and not self._endpoints.at_hand.breaker.down
        if self._endpoints.another and not soon:
            self._endpoints.leave()
            self._put_aside(event)
            self._answers.served()
            self._break_off()
        elif seconds is not None:
            self._put_aside(event)
            self._broken.resume_later(seconds)
        else:
            return False
        return True

    def _put_aside(self, event: ResponseDoneEvent) -> None:
        """It is to be taken up again, on this connection or on the next."""
        assert isinstance(self._current_generation, _ResponseGeneration)
        self._break_up(self._current_generation)
        error = getattr(event.response.status_details, "error", None)
        failed = APIError(f"response failed: {getattr(error, 'code', 'unknown')}", body=error, retryable=True)
        self._emit_error(failed, recoverable=True)

    # -- dropped connections -------------------------------------------------------------------------------------------

    async def _create_ws_conn(self) -> aiohttp.ClientWebSocketResponse:
        if self.sockets:
            self._park()
        self._rested |= self._rest.taken
        await self._rest.over()
        connection = await self._connect()
        if self.sockets:
            self._begin_anew()
        else:
            self._lost.replaced()
        self.sockets += 1
        self._connection = connection
        return connection

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        """Raises `APIConnectionError` while the service may still come, and `APIError` when it has been given up."""
        endpoint = self._endpoints.at_hand
        if where := endpoint.address:
            self._opts.base_url, self._opts.azure_deployment = where.base_url, where.deployment
            self._opts.api_key = where.key
        try:
            if endpoint.token is not None:
                self._opts.entra_token = await endpoint.token()
            return await super()._create_ws_conn()
        except APIConnectionError as error:
            self._endpoints.failed()
            if self._connects.failed() is None or self._endpoints.hopeless:
                raise APIError("the service did not come back", retryable=False) from error
            raise

    def _break_off(self) -> None:
        """An answer is owed and does not come: LiveKit connects anew, and what is owed is asked for again."""
        log.warning("the service does not give an answer that it owes: the connection is made anew")
        if self._connection:
            self._breaking_off = asyncio.ensure_future(self._connection.close())

    async def _run_ws(self, ws_conn: aiohttp.ClientWebSocketResponse) -> None:
        await self._rest.cuts(self._renewal.cuts(super()._run_ws(ws_conn)))

    def _renewing_would_be_noticed(self) -> bool:
        """Somebody speaks, or an answer is being given, or is about to be."""
        speaking = self.hears_speech or self._hearing.owed
        answering = self.owes or self._current_generation is not None or self._answer.called
        return speaking or answering or self._handing_over

    def rest(self) -> None:
        """Let the connection go, because nobody is there, until `wake`; what it owes is kept."""
        self._watchdog.rest()
        self._rest.begin()

    def wake(self) -> None:
        """Somebody is there: connect again, as after a connection that was lost."""
        self._rest.end()

    def _park(self) -> None:
        """Put aside what the lost connection owes, before LiveKit gives it up: replies, and the broken answer."""
        self._watchdog.rest()
        if not self.sockets:
            self._lost.note({})  # none was there yet: LiveKit gives nothing up
            return
        if self._lost.note(self._response_created_futures):
            self._transcript.cut()
            self._broken.lost()
        self._readings.fail("the connection was lost")
        generation = self._current_generation
        if isinstance(generation, _ResponseGeneration) and not generation._done_fut.done():
            for item_id in self._answer.writing | self._answer.unwanted:
                self._mirror.drop(item_id)
            self._break_up(generation)

    def _break_up(self, generation: _ResponseGeneration) -> None:
        """The answer at hand breaks off. One that has called a tool goes on with what the tool brings."""
        heard = self._close_messages(generation)
        self._current_generation = None
        if self._answer.called:
            self._end_generation(generation)
        else:
            self._broken.waiting = Broken(generation, heard, self._answer)

    def _begin_anew(self) -> None:
        """A new connection knows nothing: it is given the conversation as it is now, and asked for what is owed.

        From here to the replay LiveKit does nothing else. What waits to be sent about items stands in the conversation.
        """
        self._park()
        self._mirror.begin_anew()
        waiting = [event for event in self._unsent() if not _kind(event).startswith(("conversation.", "response."))]
        for event in [*waiting, *self._requests.again(self._lost.replies)]:
            super().send_event(event)

    def _create_update_chat_ctx_events(
        self, chat_ctx: llm.ChatContext
    ) -> list[ConversationItemCreateEvent | ConversationItemDeleteEvent]:
        replayed = self._mirror.replays()
        events = super()._create_update_chat_ctx_events(replayed or chat_ctx)
        if replayed:
            self._mirror.restore()
        return events

    def _close_messages(self, generation: _ResponseGeneration) -> str:
        """End the open messages with what has come of them, in LiveKit and in the history; returns all of it."""
        self._transcript.cut()
        for item_id, message in generation.messages.items():
            self._mirror.receive(item_id, message.audio_transcript)
            if not message.modalities.done():
                message.modalities.set_result(self._opts.modalities)
            for channel in (message.text_ch, message.audio_ch):
                if not channel.closed:
                    channel.close()
        return " ".join(text for message in generation.messages.values() if (text := message.audio_transcript.strip()))

    def _take_up_again(self, *_: object) -> None:
        seconds, replies = self._lost.replaced()
        if seconds is not None and not self._rested:
            self._reconnected(seconds)
        self._rested = False
        self._response_created_futures.update(replies)
        broken = self._broken.waiting
        if broken and broken.heard:
            self._hearing.take()  # the caller has an answer to that already, at least half of one
        elif broken and not broken.answer.asked and self._hearing.owed:
            self._broken.give_up()  # the server answers again when it hears it again
        self._say_again(self._hearing.take())
        self._broken.resume()

    def _say_again(self, audio: list[dict[str, Any]]) -> None:
        """Send the caller's words of the lost connection, before those that have come meanwhile."""
        for event in [*audio, *self._unsent()] if audio else []:
            super().send_event(event)

    def _unsent(self) -> list[RealtimeClientEvent | dict[str, Any]]:
        """What waits to be sent, and does so no more."""
        unsent = []
        with contextlib.suppress(utils.aio.channel.ChanEmpty, utils.aio.ChanClosed):
            while True:
                unsent.append(self._msg_ch.recv_nowait())
        return unsent

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
            self._response_created_futures.update(self._lost.replies)
            if broken := self._broken.drop():
                self._current_generation = broken.generation
            self._give_up(error)
        else:
            super()._emit_error(error, recoverable)

    def _give_up(self, error: Exception) -> None:
        """The service will not serve this call any more: LiveKit, which ends it at once, hears that last."""
        if self._giving_up is None:
            self._giving_up = asyncio.ensure_future(self._say_the_last_words(error))

    async def _say_the_last_words(self, error: Exception) -> None:
        try:
            if self._gave_up and not self._hung_up:
                await self._gave_up()
        finally:
            super()._emit_error(error, recoverable=False)

    # -- the history claims what was heard -----------------------------------------------------------------------------

    def _handle_response_audio_transcript_delta(self, event: dict[str, Any]) -> None:
        forward = super()._handle_response_audio_transcript_delta
        self._transcript.words(event["delta"], lambda: forward(event))

    def _handle_response_audio_delta(self, event: ResponseAudioDeltaEvent) -> None:
        super()._handle_response_audio_delta(event)
        self._transcript.audio(_seconds(event.delta))

    def _handle_response_audio_done(self, event: ResponseAudioDoneEvent) -> None:
        self._transcript.finish()
        super()._handle_response_audio_done(event)

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
        heard = audio_transcript if isinstance(audio_transcript, str) else None
        if "audio" in modalities and audio_end_ms > 0 and not self._mirror.replayed(message_id):
            super().truncate(message_id=message_id, modalities=modalities, audio_end_ms=audio_end_ms)
        elif "audio" in modalities and audio_end_ms <= 0:
            heard = ""
            self._rewrite(message_id, heard)
        elif heard is not None:
            self._rewrite(message_id, heard)
        if heard is not None:
            self._mirror.hear(message_id, heard)

    def _rewrite(self, message_id: str, words: str) -> None:
        """Have the model know no more of a message of text than `words`; when it is whole, if it still grows."""
        generation = self._current_generation
        if isinstance(generation, _ResponseGeneration) and message_id in generation.messages:
            self._answer.interrupted[message_id] = words
            return
        entry = self._remote_chat_ctx.get(message_id)
        if entry and not words:
            self._forget([entry.item])
        elif entry:
            known = self.chat_ctx.copy()
            new = entry.item.model_copy(update={"content": [words]})
            known.items[known.items.index(entry.item)] = new
            self._change(known)

    # -- reading aloud -------------------------------------------------------------------------------------------------

    async def read_aloud(self, text: str) -> AsyncIterator[bytes]:
        """`text` in the call's native voice, outside of the conversation: PCM16 mono at 24 kHz, as it comes.

        Raises `APIConnectionError` when the model does not read it to its end.
        """
        if self.away:
            raise APIConnectionError("the connection is lost")
        async for chunk in self._readings.read(text, preview=bool(self._opts.is_azure and self._opts.api_version)):
            yield chunk

    def _inspect(self, event: dict[str, Any]) -> None:
        """See every server event first, and keep from LiveKit, which knows one answer at a time, what is none of it."""
        clean_frame(event)
        if self._twice.comes(event):
            event["type"] = UNWANTED
            return
        self._hearing.received(event)
        self._watchdog.received(event)
        self._renewal.look()
        if event.get("type") == "session.created":
            self._connects.served()
            self._endpoints.served()
        if event.get("type") == "input_audio_buffer.committed" and self._answers_turns:
            self._watchdog.asked()
        if self._readings.take(event) or self._answer.received(event):
            event["type"] = UNWANTED

    # -- the end -------------------------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        """Close the connection. Always completes, and within two seconds.

        LiveKit's own raises the error that ended the session once more, and waits for a connection that is being made
        and for a service that does not answer a close.
        """
        self._hung_up = True
        self._watchdog.rest()
        self._owe_nothing()
        closing = asyncio.ensure_future(super().aclose())
        if self._rest.taken:
            self._main_atask.cancel()  # it waits for somebody to come
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

    def _owe_nothing(self) -> None:
        """Fail the replies that nobody will give any more: LiveKit would wait ten seconds for each."""
        for reply in [*self._response_created_futures.values(), *self._lost.replies.values()]:
            if not reply.done():
                reply.set_exception(llm.RealtimeError("the call is over"))
                reply.exception()  # it need not have been waited for


def _client_event_id(event: ResponseCreatedEvent) -> str:
    metadata = event.response.metadata
    return str(metadata.get("client_event_id", "")) if isinstance(metadata, dict) else ""


def _message(event: ResponseDoneEvent) -> str:
    """What the service says of its failure."""
    return str(getattr(getattr(event.response.status_details, "error", None), "message", None) or "")


def _reason(event: ResponseDoneEvent) -> str:
    """Why an answer is not complete."""
    return str(getattr(event.response.status_details, "reason", None) or "")


def _kind(event: RealtimeClientEvent | dict[str, Any]) -> str:
    return str(event["type"] if isinstance(event, dict) else event.type)


def _called(item: RealtimeConversationItemFunctionCall) -> llm.FunctionCall:
    return llm.FunctionCall(id=item.id or "", call_id=item.call_id or "", name=item.name, arguments=item.arguments)


def _half_written(item: ConversationItem) -> bool:
    """Whether it is a tool call that was broken off while it was written."""
    return item.type == "function_call" and item.status == "incomplete"


def _seconds(audio: str) -> float:
    """How long base64 of PCM16 at 24 kHz plays."""
    return len(audio) * 3 / 4 / 2 / RATE


def _deletion(item_id: str) -> ConversationItemDeleteEvent:
    event_id = utils.shortuuid("chat_ctx_delete_")
    return ConversationItemDeleteEvent(type="conversation.item.delete", item_id=item_id, event_id=event_id)
