"""One call on a line, from the first agent to the last event in the ledger."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Self

import structlog
from livekit import rtc
from livekit.agents import AgentSession, get_job_context, llm, room_io, utils
from livekit.agents.types import NOT_GIVEN
from sqlalchemy.exc import SQLAlchemyError

from switchboard.background import Background
from switchboard.call.again import Mark
from switchboard.call.call import Call, Caller
from switchboard.call.cap import Cap
from switchboard.call.channel import WEB, Channel
from switchboard.call.conscience import Conscience
from switchboard.call.disclosure import AUTOMATED, IS_RECORDED, Disclosure
from switchboard.call.ending import Ending
from switchboard.call.engine import Engine
from switchboard.call.handoff import Handoffs
from switchboard.call.meter import Meter
from switchboard.call.overheard import Overheard
from switchboard.call.quiet import Quiet
from switchboard.call.reminder import Reminder
from switchboard.call.repeats import Repeats
from switchboard.call.resume import Past
from switchboard.call.truth import Truth
from switchboard.call.turns import Turns
from switchboard.call.unanswered import Unanswered
from switchboard.call.unheard import UnheardResults
from switchboard.call.unsaid import Unsaid
from switchboard.call.witness import Witness
from switchboard.database import Database
from switchboard.ladder.callback_rung import CallbackRung
from switchboard.ladder.excuse import Excuse
from switchboard.ladder.farewell import Farewell
from switchboard.ladder.phrases import Phrases
from switchboard.ladder.speaker import Speaker
from switchboard.ledger import Lag, Ledger, Listener
from switchboard.ledger.digest import digest
from switchboard.ledger.events import Answered, Event
from switchboard.ledger.prices import Prices
from switchboard.ledger.timeline import forget
from switchboard.line.agent import Speech
from switchboard.line.callback import Callback
from switchboard.line.limit import limited
from switchboard.line.voices import Modality, NativeVoice, Voice
from switchboard.line.workflow import AgentType, Workflow
from switchboard.logs import TAG, CallTag
from switchboard.presence import Invitation, Presence
from switchboard.realtime import CallSession
from switchboard.recording.kept import forget_recordings
from switchboard.recording.recorder import Recorder
from switchboard.recording.recordings import Recordings
from switchboard.redaction.redactor import Redactor
from switchboard.services.providers import Services
from switchboard.services.speech import Speeches
from switchboard.settings.schema import Costs
from switchboard.tapes.shelf import Shelf, forget_tapes
from switchboard.tapes.tapes import Tapes

log = structlog.get_logger(__name__)

CLOSING_SECONDS, FORGETTING_SECONDS = 8.0, 8.0
MAX_TOOL_STEPS = 8  # a chain such as verify, find, return; LiveKit's 3 would end it half-way


class Conversation:
    """A call of `caller` on `workflow`: `async with` it, then `start` it; `ending.over` tells when it has ended.

    `prices` are what its work costs. `invitation` is to the LiveKit room of the call; without one it is held on the
    session's own input and output.
    `typed` is for a caller who types: nothing is spoken, and nobody is asked whether they are still there. `past` is a
    call that broke off and goes on here; `origin` is what the resume tokens call them both. `channel` is how the
    caller reaches us. `listeners` are told every event of the ledger, `lag` how far its storing is behind.
    `in_place_of` gives what is called in place of an agent's tool.
    """

    def __init__(
        self,
        workflow: Workflow,
        services: Services,
        database: Database,
        caller: Caller,
        *,
        prices: Prices,
        invitation: Invitation | None = None,
        typed: bool = False,
        past: Past | None = None,
        origin: str | None = None,
        channel: Channel = WEB,
        listeners: tuple[Listener, ...] = (),
        lag: Lag = lambda _seconds: None,
        worker: str | None = None,
        in_place_of: Callable[[Call[Any], llm.Tool], llm.Tool] = lambda _call, tool: tool,
    ) -> None:
        settings = services.settings
        call_id = f"call_{uuid.uuid4().hex[:12]}"
        self.services = services
        self._cap = self._new_cap(settings.costs, prices)
        listeners = (self._show, *listeners)
        redactor = Redactor(settings.storage.redacts)
        digesting = partial(digest, prices=prices, rules=workflow.watched)
        self.ledger = Ledger(
            database, call_id, workflow.name, origin, listeners, caller.mark, digesting, lag, worker, redactor
        )
        self._versions = workflow.versions
        self._past = past
        self._first = workflow.agent(past.agent) if past else workflow.start
        self._typed = typed
        self._resources = AsyncExitStack()
        self._tag = CallTag(call_id)
        state = workflow.state.model_validate(past.state if past else {})
        caller.verified = past.verified if past else caller.verified
        self.call = Call[Any](
            call_id,
            workflow.name,
            state,
            database,
            self.ledger,
            caller,
            self._first.name(),
            origin=origin,
            desk=settings.desk,
        )
        self._witness = Witness(self.call, workflow.secrets)
        self._tapes = Tapes(Shelf.of(settings.tapes), call_id, self.ledger.kept)
        modality = self._modality(workflow.voice(self._first))
        self.model = services.realtime(
            modality, self._witness.reconnected, channel.more_silence_ms, self._tapes.realtime
        )
        self._meter = Meter(self.ledger, lambda: self.call.agent, held=True)
        self._turns = Turns(self.call, services.silence_seconds(channel.more_silence_ms))
        self.model.began = self._follow
        self._speeches = Speeches(
            lambda voice: services.speech(voice, lambda: self.model.live, self._tapes.speech),
            self._meter.spoke,
            spoken=not typed,
        )
        silence = None if typed else settings.call.silence_seconds
        self.session = self._new_session(silence, channel.more_silence_ms)
        self.ending = Ending(self.call, self.session, silence, settings.call.max_minutes * 60)
        repeats = Repeats(self.call, self.session)
        self._background = Background(lambda: self.ending.finish("error"))
        self._recorder = self._new_recorder(workflow) if invitation else None
        self._quiet = Quiet(self.session, self.model, self.call.departure)
        self._reminder = Reminder(self.session, self.call.departure)
        self._owe_the_caller(workflow)
        self._conscience = self._new_conscience(workflow)
        self._presence = self._presence_at(invitation, workflow, channel) if invitation else None
        self.farewell = self._new_farewell(workflow)
        self.handoffs = Handoffs(
            workflow,
            self.call,
            self._speech,
            self._modality,
            self._tag,
            self._tools_of,
            lambda tool: repeats.guard(limited(in_place_of(self.call, tool), settings.call.tool_seconds)),
            self._disclosure.added_to,
            self._turns,
            channel.manners,
            past,
        )

    def _new_cap(self, costs: Costs, prices: Prices) -> Cap | None:
        if costs.most is None:
            return None
        return Cap(prices, Decimal(str(costs.most)), lambda: self.ending.spent())

    def _new_session(self, silence: float | None, more_silence_ms: int) -> AgentSession[Call[Any]]:
        turns = self.services.turns(more_silence_ms)
        if listener := turns.get("stt"):
            listener.on("metrics_collected", self._meter.heard)
        return AgentSession(
            llm=self.model,
            tts=self._speeches.of(NativeVoice()),
            userdata=self.call,
            max_tool_steps=MAX_TOOL_STEPS,
            user_away_timeout=silence,
            aec_warmup_duration=None,  # LiveKit's would make the agent deaf to the first seconds of a caller's answer
            **turns,
        )

    def _new_recorder(self, workflow: Workflow) -> Recorder | None:
        """None: this call is not recorded."""
        recordings = Recordings.of(self.services.settings.recordings)
        if not workflow.recorded or not recordings:
            return None
        told = self._past is not None and self._past.told_of_recording
        return Recorder(self.ledger, self.call.database, recordings, workflow.secrets, told=told)

    def _owe_the_caller(self, workflow: Workflow) -> None:
        """What they are to hear, whatever they say meanwhile."""
        owed = [AUTOMATED] if workflow.discloses_automation and not (self._past and self._past.disclosed) else []
        told = self._recorder.announced if self._recorder else lambda: None
        owed += [IS_RECORDED] if self._recorder and not self._recorder.told else []
        self._disclosure = Disclosure(self.session, self._reminder, self._background, tuple(owed), told)
        Overheard(self.session, self._quiet, self._background)
        phrases = Phrases(self.session)
        self.model.refused = Excuse(self.session, workflow.words.refused, phrases, self._background).make
        self.model.gave_up = self._bid_farewell
        Unsaid(self.session, self.model)
        UnheardResults(self.session, self._quiet, self._reminder, self._background, lambda: self.ending.begun)
        self._unanswered = Unanswered(self.session, self._quiet, self._background, lambda: self._there)

    @property
    def _there(self) -> bool:
        """Whether the caller is, and the agents have them for longer."""
        return not self.ending.certain and (self._presence is None or self._presence.there)

    def _new_conscience(self, workflow: Workflow) -> Conscience:
        truth = Truth(workflow, self._past.happened if self._past else ())
        conscience = Conscience(
            truth, self.call, self.session, self._quiet, self._reminder, lambda: self.ending.certain
        )
        self.ending.at_end = self._settle
        return conscience

    def _follow(self, realtime: CallSession) -> None:
        """The service's side of the call, over all of its connections."""
        self._meter.watch(realtime)
        self._turns.follow(realtime)
        self._unanswered.follow(realtime)

    def _settle(self) -> None:
        """What is still to be written, before the call has ended."""
        self._turns.settle()
        self._meter.release()
        self._conscience.settle()

    def _new_farewell(self, workflow: Workflow) -> Farewell:
        """For a caller who reads, and whom nobody can be put through to."""
        speaker = Speaker(self.call, Phrases(self.session))
        callbacks = [rescue for rescue in workflow.rescued_by if isinstance(rescue, Callback)]
        rungs = [CallbackRung(self.call, callback, speaker, workflow.words) for callback in callbacks]
        return Farewell(self.call, self.ending, workflow.words, speaker, rungs)

    def _presence_at(self, invitation: Invitation, workflow: Workflow, channel: Channel) -> Presence:
        return Presence(
            invitation,
            workflow,
            self.services,
            Engine(self.call, self.session, self.model, self.ending, self._turns, self._unanswered, self._background),
            channel,
            self._answered,
            self._disclosure.added_to,
            self._recorder,
            self._past.typed if self._past else (),
        )

    async def __aenter__(self) -> Self:
        TAG.set(self._tag)
        opened = self._resources
        opened.push_async_callback(self._forget_old_tapes)
        opened.push_async_callback(self._forget_old_calls)
        if get_job_context(required=False) is None:  # a LiveKit job has an HTTP session of its own
            await opened.enter_async_context(utils.http_context.open())
        opened.push_async_callback(self._tapes.aclose)
        await opened.enter_async_context(self.ledger)
        if self._recorder:
            self._recorder.start()
            opened.push_async_callback(self._recorder.aclose)
        opened.push_async_callback(self._background.aclose)
        if self._presence:
            opened.push_async_callback(self._presence.aclose)
        opened.push_async_callback(self._speeches.aclose)
        opened.push_async_callback(self.model.aclose)
        opened.push_async_callback(self._close_session)
        opened.push_async_callback(self.model.hang_up)
        self._background.run(self._hang_up_the_model(), "hang up the model")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, whatever fails at it."""
        await self._resources.aclose()

    async def start(self) -> None:
        """Let the first agent take the call."""
        if self._presence:
            await self._presence.start(self._start_session)
        else:
            self._answered()
            await self._start_session()

    async def hold(self) -> None:
        """Start it, and wait until it is over. A start that fails ends it."""
        self._background.run(self.start(), "start")
        await self.ending.over.wait()

    async def _bid_farewell(self) -> None:
        """The model's service does not come back."""
        if self._presence:
            await self._presence.bid_farewell()
        else:
            await self.farewell.bid()

    async def _hang_up_the_model(self) -> None:
        """Its connection costs money: it goes as soon as nobody hears the end, whatever LiveKit's session waits for."""
        await self.ending.leaving.wait()
        if not self.ending.heard:
            await self.model.hang_up()

    async def _close_session(self) -> None:
        """Close it, or go on without: a call that is over does not wait for what LiveKit waits for."""
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.session.aclose()
        except TimeoutError:
            log.error("the session did not close in time")
        finally:
            self.ending.end_anyway()

    def _tools_of(self, agent: AgentType) -> list[Any]:
        """What every agent has on this call, besides its own."""
        return [self._conscience.before_end(self.ending.tool), *(self._presence.tools(agent) if self._presence else ())]

    def _show(self, event: Event) -> None:
        self._conscience.note(event)
        self._turns.note(event)
        if self._cap:
            self._cap.note(event)
        if self._presence:
            self._presence.show(event)
        if self._recorder:
            self._recorder.note(event)

    def _answered(self) -> None:
        provider = self.services.settings.provider or ""
        caller = self.call.caller
        if not self.ledger.caller and (mark := Mark.of(self.call.database.pseudonyms, caller.source, caller.number)):
            self.ledger.caller = mark.value
        resumes = (self._past.call_id or None) if self._past else None
        self.ledger.write(
            Answered(
                line=self.call.line,
                agent=self._first.name(),
                provider=provider,
                resumes=resumes,
                caller=caller.masked_number,
                versions=dict(self._versions),
            )
        )
        self._meter.release()
        if self._past:
            self._witness.takes_up()
        self.ending.begin()

    async def _start_session(
        self, room: rtc.Room | None = None, room_options: room_io.RoomOptions | None = None
    ) -> None:
        self._witness.watch(self.session)
        self._turns.watch(self.session)
        self.handoffs.watch(self.session)
        await self.session.start(
            self.handoffs.seat(self._first),
            room=room or NOT_GIVEN,
            room_options=room_options or NOT_GIVEN,
            session_host=False,  # LiveKit's control channel would show tools and prompts to everybody in the room
            record=False,
        )

    def _speech(self, voice: Voice) -> Speech:
        return self._speeches.of(self.services.available(voice))

    def _modality(self, voice: Voice) -> Modality:
        return "text" if self._typed else self.services.available(voice).modality

    async def _forget_old_calls(self) -> None:
        kept = timedelta(days=self.services.settings.storage.retention_days)
        try:
            async with asyncio.timeout(FORGETTING_SECONDS):
                await forget(self.call.database, datetime.now(UTC) - kept)
                if recordings := Recordings.of(self.services.settings.recordings):
                    await forget_recordings(self.call.database, recordings, datetime.now(UTC) - kept)
        except (SQLAlchemyError, OSError) as error:
            log.warning("old calls were not removed: the database does not answer", error=type(error).__name__)

    async def _forget_old_tapes(self) -> None:
        settings = self.services.settings
        shelf, kept = Shelf.of(settings.tapes), timedelta(days=settings.storage.retention_days)
        if shelf is None:
            return
        try:
            async with asyncio.timeout(FORGETTING_SECONDS):
                await forget_tapes(self.call.database, shelf, datetime.now(UTC) - kept)
        except (SQLAlchemyError, OSError) as error:
            log.warning("old tapes were not removed", error=type(error).__name__)
