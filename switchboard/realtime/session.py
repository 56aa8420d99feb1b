"""The realtime session of one call: everything that LiveKit's has to do differently, and nothing else.

What it adds: the modality of the agent at hand, handoffs that keep the server's conversation, replies that survive a
dropped connection, a history that claims only what was heard, and sentences read aloud in the native voice. Its parts
are files of their own; here LiveKit's events and calls are given to them. They reach into private parts of LiveKit's
session (1.8.9), as nothing outside of this package does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Literal, Self

import aiohttp
import structlog
from livekit.agents import Agent, APIConnectionError, APIError, llm, utils
from livekit.agents.types import NOT_GIVEN, NotGivenOr
from livekit.agents.voice.generation import remove_instructions
from livekit.plugins.openai.realtime import RealtimeModel
from openai.types.realtime import (
    ConversationItemAdded,
    ConversationItemCreateEvent,
    ConversationItemDeletedEvent,
    ConversationItemDeleteEvent,
    RealtimeConversationItemFunctionCall,
    RealtimeErrorEvent,
    RealtimeFunctionTool,
    RealtimeSessionCreateRequest,
    ResponseCancelEvent,
    ResponseCreatedEvent,
    ResponseCreateEvent,
    ResponseDoneEvent,
)

from switchboard.line.tool_schema import schema_of
from switchboard.realtime.alive import ALIVE, Alive
from switchboard.realtime.aloud import Readings
from switchboard.realtime.askers import Askers
from switchboard.realtime.at_hand import AtHand
from switchboard.realtime.broken import BrokenAnswers
from switchboard.realtime.closing import Closing
from switchboard.realtime.endpoints import Endpoints
from switchboard.realtime.events import asked_by, call_of, half_written, reason, seconds
from switchboard.realtime.frames import Twice, clean_frame
from switchboard.realtime.handover import Handover
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.heartbeat import Heartbeat
from switchboard.realtime.held import HeldEvents
from switchboard.realtime.items import Items
from switchboard.realtime.last_words import LastWords
from switchboard.realtime.lost import LostConnection
from switchboard.realtime.mirror import Mirror
from switchboard.realtime.outbox import Outbox
from switchboard.realtime.refusals import Refusals
from switchboard.realtime.renewal import Renewal
from switchboard.realtime.requests import Requests
from switchboard.realtime.rest import Rest
from switchboard.realtime.retries import Retries
from switchboard.realtime.service import PATIENCE_SECONDS, Service
from switchboard.realtime.spoken import SpokenSession
from switchboard.realtime.watchdog import Watchdog

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 0.1
"""A request that was refused for another answer, of which nothing is known, is sent again so much later."""
LEAVES_SECONDS = 1.0
"""The longest that a request waits for the end of an answer that is wanted no more: what nobody heard of that one, and
its calls that nobody made, are gone for the model then, which would count on them."""
UNWANTED = "switchboard.unwanted"
"""A kind of event that is unknown to LiveKit, which passes it over."""


class CallSession(SpokenSession):
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
        self._reconnected = reconnected
        self._refused = refused
        self.sockets = 0
        """Connections made so far."""
        self.handover = Handover()
        self._held = HeldEvents()
        self._twice = Twice()
        self._hearing = Hearing(transcribed=self._opts.input_audio_transcription is not None)
        self._requests = Requests()
        self._askers = Askers()
        self._readings = Readings(super().send_event)
        self._outbox = Outbox(self._msg_ch, super().send_event, self._requests, self._hearing)
        # the conversation, and the answer at hand
        self._mirror = Mirror(lambda: self._remote_chat_ctx)
        self._at_hand = AtHand(self, self._transcript, self._mirror)
        self._items = Items(self, self._mirror, self._at_hand)
        self._broken = BrokenAnswers(
            self.send_event, lambda: self._instructions or "", self._at_hand.end, lambda: self._lost.away
        )
        # the connection
        self._service = Service(endpoints, patience_seconds)
        self._lost = LostConnection()
        self._rest = Rest()
        self._rested = False
        self._renewal = Renewal(self._opts.max_session_duration, self._renewing_would_be_noticed)
        self._opts.max_session_duration = None  # LiveKit's renewal is deaf to a connection that is lost meanwhile
        self._connection: aiohttp.ClientWebSocketResponse | None = None
        self._watchdog = Watchdog(self._break_off)
        self._alive = Alive(self._ping, self._break_off)
        self._heeds = Alive(self._ask_the_service, self._break_off)
        self._heartbeat = Heartbeat(self._ping, self._break_off)
        self._breaking_off: asyncio.Future[bool] | None = None
        self._last_words = LastWords(gave_up, partial(super()._emit_error, recoverable=False))
        self._hung_up = False
        told = partial(self._emit_error, recoverable=True)
        self._refusals = Refusals(
            self._service, self._requests, self._mirror, self._waits_for, super().send_event, self._break_off
        )
        self._retries = Retries(self._at_hand, self._broken, self._service, told, self._break_off)
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
    def quiet(self) -> bool:
        """Whether the caller has finished, as far as the service hears, and no answer is to come or under way."""
        return not self._hearing.speaking and not self.owes

    @property
    def unheeded_seconds(self) -> float | None:
        """For how long the caller has been still whom the service still hears, or does not: it has fallen silent."""
        doubtful = self._alive.doubtful or self._heeds.doubtful
        return self.still_seconds if self._hearing.speaking or doubtful else None

    @property
    def owes(self) -> bool:
        """Whether the service has an answer to give, or to go on with."""
        return self._watchdog.owed or self._broken.waiting is not None or bool(self._lost.replies)

    # -- handoff -------------------------------------------------------------------------------------------------------

    async def _update_session(
        self,
        *,
        instructions: NotGivenOr[str] = NOT_GIVEN,
        chat_ctx: NotGivenOr[llm.ChatContext] = NOT_GIVEN,
        tools: NotGivenOr[list[llm.Tool]] = NOT_GIVEN,
    ) -> None:
        arrival = self.handover.take()
        if arrival is None:
            await super()._update_session(instructions=instructions, chat_ctx=chat_ctx, tools=tools)
            return
        self.speak_as(arrival.modality)
        await super()._update_session(instructions=instructions, tools=tools)
        if arrival.context is not None:
            self._items.change(_items_of(arrival.context(self.chat_ctx)))

    def _convert_tools_to_oai(self, tools: list[llm.Tool]) -> list[RealtimeFunctionTool]:
        """As LiveKit's, which its source lets one override; but a tool that was told of before costs no time."""
        told: list[RealtimeFunctionTool] = []
        for tool in tools:
            if isinstance(tool, llm.FunctionTool):
                told.append(RealtimeFunctionTool.model_validate(schema_of(tool)))
            else:
                told += super()._convert_tools_to_oai([tool])
        return told

    def clear_audio(self) -> None:
        """Forget the caller's uncommitted words; not in a handoff, which would cut a caller in mid-sentence."""
        if not self.handover.runs:
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
        if isinstance(event, ResponseCancelEvent) and not event.response_id:
            return  # it would end whatever answer the service gives when it hears of it: the caller's turn's, too
        if isinstance(event, ResponseCreateEvent):
            self._requests.ask(event)
            self._askers.note(event.event_id)
            if event.event_id and self._at_hand.leaves:
                self._requests.wait(event.event_id)
                asyncio.get_running_loop().call_later(LEAVES_SECONDS, self._send_what_waits)
                return
        super().send_event(event)

    def _waits_for(self, asked: str) -> bool:
        """Whether somebody wants the answer to that request, here and now."""
        return not self._lost.away and (asked in self._response_created_futures or self._broken.awaits(asked))

    def _note_sent(self, event: dict[str, Any]) -> None:
        self._refusals.sent(event)
        if event["type"] == "response.create":
            self._watchdog.asked()
        elif event["type"] == "input_audio_buffer.append":
            self._hearing.sent(event, seconds(event["audio"]), self.hears_speech)
            if self.away:
                return
            if self.hears_speech:
                self._alive.doubt()
            if self.tells_of_speech and self._hearing.unnoticed and not self._hearing.speaking:
                self._heeds.doubt()

    def interrupt(self) -> None:
        """Cancel the answer that is being given, or that was about to be taken up again.

        One that was asked for and has not begun is not wanted any more if its future is cancelled. LiveKit's speeches
        that were interrupted before do this once more when they wind up; the answer at hand may be another by then.
        """
        if self._askers.is_late(self._at_hand.answer):
            return
        self._discarded_event_ids.update(self._broken.interrupt())
        self._at_hand.cancel()
        if self._at_hand.given:
            self.send_event(ResponseCancelEvent(type="response.cancel", response_id=self._at_hand.answer.id))

    def _handle_response_created(self, event: ResponseCreatedEvent) -> None:
        cause = asked_by(event)
        self._at_hand.begin(self._requests.answered(cause), event.response.id)
        if broken := self._broken.begun(cause):
            self._at_hand.take_up(broken)
            return
        if self.handover.runs and cause not in self._response_created_futures:
            # the server answers the caller in the name of an agent that has already left
            self.send_event(ResponseCancelEvent(type="response.cancel", response_id=event.response.id))
            self._at_hand.discard()
            return
        self.handover.answered()
        self._requests.turn_answered()
        super()._handle_response_created(event)

    def _handle_function_call(self, item: RealtimeConversationItemFunctionCall) -> None:
        if half_written(item):
            return  # interrupted, cut or failed while it was written: LiveKit would mend what is there, and do it
        answer = self._at_hand.answer
        if answer.cancelled:
            answer.unwanted.add(item.id or "")  # LiveKit does it if it comes in the same step as the interruption
        if item.id in answer.unwanted:
            return
        if answer.repeats and self._mirror.has_called(call_of(item)):
            answer.unwanted.add(item.id or "")  # the model does not know that it has done that
            return
        answer.calls.add(item.id or "")
        super()._handle_function_call(item)

    def _handle_response_done(self, event: ResponseDoneEvent) -> None:
        generation, discarded = self._at_hand.generation, self._at_hand.discarded
        answer, output = self._at_hand.answer, event.response.output or []
        self._items.forget(item for item in output if discarded or half_written(item) or answer.forgets(item.id))
        if self._may_retry(event):
            if self._retries.take(event):
                return
            self._last_words.begin(APIError("the service gives no answers", retryable=False))
        if generation and answer.differs and not answer.cancelled:
            self._broken.wait(self._at_hand.break_up())
            self._broken.resume()
            return
        super()._handle_response_done(event)
        if event.response.status == "completed":
            self._service.answered()
        elif not discarded and reason(event) == "content_filter":
            self._refused()
        if generation:
            self._items.whole(generation)
        self._ask_what_waits()
        self._renewal.look()

    def _ask_what_waits(self) -> None:
        """For an answer to end, if none is being given now."""
        if not self._at_hand.given:
            self._send_what_waits()

    def _send_what_waits(self) -> None:
        for request in self._requests.waited():
            if request.event_id not in self._discarded_event_ids:
                super().send_event(request)

    def forget_unheard(self, heard: llm.ChatContext) -> None:
        """The model is not to see its answers, and calls, that are not in `heard`; LiveKit leaves them to it."""
        self._items.forget_unheard(heard)

    def _handle_error(self, event: RealtimeErrorEvent) -> None:
        asked = event.error.event_id or ""
        if self._renewal.expired(event.error.code, event.error.type):
            return
        if event.error.code == "conversation_already_has_active_response" and self._requests.wait(asked):
            if not self._at_hand.given:  # its end has overtaken this, or its beginning is still to come
                asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._ask_what_waits)
            return
        if not self._is_fatal_error(event.error) and self._refusals.take(event):
            return
        if self._items.refused(event):
            return
        self._broken.refused(asked)
        super()._handle_error(event)

    # -- items come and go without waiting -----------------------------------------------------------------------------

    async def update_chat_ctx(self, chat_ctx: llm.ChatContext) -> None:
        """As LiveKit does it, but waiting for nobody."""
        self._items.update(_items_of(chat_ctx))

    def _handle_conversion_item_added(self, event: ConversationItemAdded) -> None:
        if not (self._mirror.confirmed(event.item.id) or self._mirror.removes(event.item.id)):
            event.previous_item_id = self._mirror.behind_ours(event.previous_item_id)
            super()._handle_conversion_item_added(event)

    def _handle_conversion_item_deleted(self, event: ConversationItemDeletedEvent) -> None:
        if not self._mirror.confirmed_removal(event.item_id):
            super()._handle_conversion_item_deleted(event)

    # -- a failed answer is asked for again ----------------------------------------------------------------------------

    def _may_retry(self, event: ResponseDoneEvent) -> bool:
        return (
            event.response.status == "failed"
            and self._at_hand.generation is not None
            and not (self._at_hand.answer.called or self._at_hand.answer.cancelled)
            and not self._is_fatal_error(getattr(event.response.status_details, "error", None))
        )

    # -- dropped connections -------------------------------------------------------------------------------------------

    async def _create_ws_conn(self) -> aiohttp.ClientWebSocketResponse:
        if self.sockets:
            self._park()
        self._rested |= self._rest.taken
        await self._rest.over()
        connection = await self._service.connect(self._opts, super()._create_ws_conn)
        if self.sockets:
            self._begin_anew()
        else:
            self._lost.replaced()
        self.sockets += 1
        self._breaking_off = None
        self._refusals.begin_anew()
        self._connection = connection
        self._alive.sign()
        self._heeds.sign()
        return connection

    async def _ping(self) -> None:
        with suppress(ConnectionError):  # one that is closed tells it by itself
            if self._connection:
                await self._connection.ping()

    async def _ask_the_service(self) -> None:
        """By a change of nothing, which it confirms: its socket may be alive while nobody listens behind it."""
        nothing = RealtimeSessionCreateRequest.model_construct(type="realtime")
        self.send_event(self._wrap_session_update(utils.shortuuid("nothing_"), nothing))

    def _break_off(self) -> None:
        """Nothing more is heard of this connection: LiveKit connects anew, and what is owed is asked for again."""
        log.warning("the service does not give what it owes: the connection is made anew")
        if self._connection:
            self._breaking_off = asyncio.ensure_future(self._connection.close())

    async def _run_ws(self, ws_conn: aiohttp.ClientWebSocketResponse) -> None:
        self._heartbeat.begin()
        try:
            await self._rest.cuts(self._renewal.cuts(super()._run_ws(ws_conn)))
        finally:
            self._heartbeat.end()

    def _renewing_would_be_noticed(self) -> bool:
        """Somebody speaks, or an answer is being given, or is about to be."""
        speaking = self.hears_speech or self._hearing.owed
        answering = self.owes or self._at_hand.given or self._at_hand.answer.called
        return speaking or answering or self.handover.runs

    def rest(self) -> None:
        """Let the connection go, because nobody is there, until `wake`; what it owes is kept."""
        self._expect_nothing()
        self._rest.begin()

    def wake(self) -> None:
        """Somebody is there: connect again, as after a connection that was lost."""
        self._rest.end()

    def _expect_nothing(self) -> None:
        """Of this connection; nobody waits for an answer of it, or for a sign of life."""
        self._watchdog.rest()
        self._alive.sign()
        self._heeds.sign()

    def _park(self) -> None:
        """Put aside what the lost connection owes, before LiveKit gives it up: replies, and the broken answer."""
        self._expect_nothing()
        if not self.sockets:
            self._lost.note({})  # none was there yet: LiveKit gives nothing up
            return
        if self._lost.note(self._response_created_futures):
            self._transcript.cut()
            self._broken.lost()
        self._readings.fail("the connection was lost")
        self._broken.wait(self._at_hand.lose())

    def _begin_anew(self) -> None:
        """A new connection knows nothing: it is given the conversation as it is now, and asked for what is owed.

        From here to the replay LiveKit does nothing else.
        """
        self._park()
        self._mirror.begin_anew()
        self._outbox.begin_anew(self._lost.replies)

    def _create_update_chat_ctx_events(
        self, chat_ctx: llm.ChatContext
    ) -> list[ConversationItemCreateEvent | ConversationItemDeleteEvent]:
        replayed = self._mirror.replays()
        events = super()._create_update_chat_ctx_events(replayed or chat_ctx)
        if replayed:
            self._mirror.restore()
        return events

    def _take_up_again(self, *_: object) -> None:
        away, replies = self._lost.replaced()
        if away is not None and not self._rested:
            self._reconnected(away)
        self._rested = False
        self._response_created_futures.update(replies)
        broken = self._broken.waiting
        if broken and broken.heard:
            self._hearing.answered()  # at least by half of one
        elif broken and not broken.answer.asked and self._hearing.hears_again:
            self._broken.give_up()  # the server answers it then
        self._outbox.say_again()
        self._broken.resume()

    def _emit_error(self, error: Exception, recoverable: bool) -> None:
        if isinstance(error, APIConnectionError):
            self._park()  # now, not when the new connection is there: an interruption in between has to find it
        if not recoverable:  # LiveKit ends everything that waits, if it can see it
            self._response_created_futures.update(self._lost.replies)
            if broken := self._broken.drop():
                self._at_hand.take_up(broken)
            self._last_words.begin(error)
        else:
            super()._emit_error(error, recoverable)

    # -- the history claims what was heard -----------------------------------------------------------------------------

    def truncate(
        self,
        *,
        message_id: str,
        modalities: list[Literal["text", "audio"]],
        audio_end_ms: int,
        audio_transcript: NotGivenOr[str] = NOT_GIVEN,
    ) -> None:
        heard = audio_transcript if isinstance(audio_transcript, str) else None
        in_sound = "audio" in modalities
        if in_sound and audio_end_ms <= 0:
            heard = ""
        if in_sound and audio_end_ms > 0 and not self._mirror.replayed(message_id):
            super().truncate(message_id=message_id, modalities=modalities, audio_end_ms=audio_end_ms)
        elif heard is not None:
            self._items.rewrite(message_id, heard)
        if heard is not None:
            self._mirror.hear(message_id, heard)

    # -- reading aloud -------------------------------------------------------------------------------------------------

    async def read_aloud(self, text: str) -> AsyncIterator[bytes]:
        """`text` in the call's native voice, outside of the conversation: PCM16 mono at 24 kHz, as it comes.

        Raises `APIConnectionError` when the model does not read it to its end, at once if it is not there.
        """
        if self.away or self._main_atask.done():
            raise APIConnectionError("the connection is lost")
        async for chunk in self._readings.read(text, preview=bool(self._opts.is_azure and self._opts.api_version)):
            yield chunk

    def _inspect(self, event: dict[str, Any]) -> None:
        """See every server event first, and keep from LiveKit, which knows one answer at a time, what is none of it."""
        clean_frame(event)
        self._alive.sign()
        self._heartbeat.sign()
        if event["type"] == ALIVE or self._breaking_off or self._twice.comes(event):
            event["type"] = UNWANTED
            return
        self._heeds.sign()
        self._hearing.received(event)
        self._watchdog.received(event)
        self._renewal.look()
        if event.get("type") == "session.created":
            self._service.connected()
        if event.get("type") == "input_audio_buffer.committed" and self.answers_turns:
            self._watchdog.asked()
        if self._readings.take(event) or self._is_of_no_answer(event):
            event["type"] = UNWANTED

    def _is_of_no_answer(self, event: dict[str, Any]) -> bool:
        """Whether nobody is to hear of it. A repetition that differs is cancelled: it is of no use from there on."""
        answer = self._at_hand.answer
        differed, unwanted = answer.differs, answer.received(event)
        if answer.repeats_now and answer.differs and not differed:
            self.send_event(ResponseCancelEvent(type="response.cancel", response_id=answer.id))
        return unwanted

    # -- the end -------------------------------------------------------------------------------------------------------

    async def aclose(self) -> None:
        """Close the connection. Always completes, and within two seconds."""
        self._hung_up = True
        self._last_words.hang_up()
        self._expect_nothing()
        self._owe_nothing()
        closing = Closing(super().aclose(), self._main_atask)
        if self._rest.taken:
            closing.cut()  # it waits for somebody to come
        await closing.complete()

    def _owe_nothing(self) -> None:
        """Fail the replies that nobody will give any more: LiveKit would wait ten seconds for each."""
        for reply in [*self._response_created_futures.values(), *self._lost.replies.values()]:
            if not reply.done():
                reply.set_exception(llm.RealtimeError("the call is over"))
                reply.exception()  # it need not have been waited for


def _items_of(chat_ctx: llm.ChatContext) -> llm.ChatContext:
    """What of it the service is given as items."""
    items = chat_ctx.copy(exclude_handoff=True, exclude_config_update=True)
    remove_instructions(items)
    return items
