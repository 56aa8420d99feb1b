"""One call on a line, from the first agent to the last event in the ledger."""

import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import structlog
from livekit import rtc
from livekit.agents import AgentSession, get_job_context, room_io, utils
from livekit.agents.types import NOT_GIVEN
from sqlalchemy.exc import SQLAlchemyError

from switchboard.call import Call, Caller
from switchboard.database import Database
from switchboard.ending import Ending
from switchboard.exchange import Exchange
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered
from switchboard.ledger.timeline import forget
from switchboard.logs import TAG, CallTag
from switchboard.providers import Services
from switchboard.realtime import CallSession, Modality
from switchboard.recorder import Recorder
from switchboard.speech import Speech, Speeches
from switchboard.voices import NativeVoice, Voice
from switchboard.workflow import Workflow

log = structlog.get_logger(__name__)

MAX_TOOL_STEPS = 8  # a chain such as verify, find, return; LiveKit's 3 would end it half-way


class Conversation:
    """A call of `caller` on `workflow`: `async with` it, then `start` it; `ending.over` tells when it has ended.

    `typed` is for a caller who types: nothing is spoken, and nobody is asked whether they are still there.
    """

    def __init__(
        self, workflow: Workflow, services: Services, database: Database, caller: Caller, *, typed: bool = False
    ) -> None:
        settings = services.settings
        call_id = f"call_{uuid.uuid4().hex[:12]}"
        self.workflow = workflow
        self.services = services
        self.ledger = Ledger(database, call_id, workflow.name)
        self.call = Call[Any](call_id, workflow.name, workflow.state(), database, self.ledger, caller)
        self._typed = typed
        self._resources = AsyncExitStack()
        self._recorder = Recorder(self.ledger, self._speaker)
        self._speeches = Speeches(lambda voice: services.speech(voice, self._realtime), spoken=not typed)
        self.model = services.realtime(self._modality(workflow.voice(workflow.start)), self._recorder.reconnected)
        self.session: AgentSession[Call[Any]] = AgentSession(
            llm=self.model,
            tts=self._speeches.of(NativeVoice()),
            userdata=self.call,
            max_tool_steps=MAX_TOOL_STEPS,
            user_away_timeout=None if typed else settings.call.silence_seconds,
            aec_warmup_duration=None,  # LiveKit's would make the agent deaf to the first seconds of a caller's answer
            **services.turns(),
        )
        silence = None if typed else settings.call.silence_seconds
        self.ending = Ending(self.call, self.session, silence, settings.call.max_minutes * 60)
        self._tag = CallTag(call_id)
        self.exchange = Exchange(workflow, self.call, self._speech, self._modality, self._tag)
        self.exchange.tools.append(self.ending.tool)

    async def __aenter__(self) -> Self:
        TAG.set(self._tag)
        if get_job_context(required=False) is None:  # a LiveKit job has an HTTP session of its own
            await self._resources.enter_async_context(utils.http_context.open())
        await self._resources.enter_async_context(self.ledger)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()
        await self.model.aclose()
        await self._speeches.aclose()
        await self._resources.aclose()
        await self._forget_old_calls()

    async def start(self, room: rtc.Room | None = None, room_options: room_io.RoomOptions | None = None) -> None:
        """Let the first agent take the call."""
        start = self.workflow.start
        provider = self.services.settings.provider or "simulator"
        self.ledger.write(Answered(line=self.workflow.name, agent=start.name(), provider=provider))
        self._recorder.watch(self.session)
        self.exchange.watch(self.session)
        self.ending.begin()
        await self.session.start(
            self.exchange.seat(start),
            room=room or NOT_GIVEN,
            room_options=room_options or NOT_GIVEN,
            session_host=False,  # LiveKit's control channel would show tools and prompts to everybody in the room
            record=False,
        )

    def _speaker(self) -> str:
        agent = self.exchange.at_desk
        return agent.id if agent else self.workflow.start.name()

    def _realtime(self) -> CallSession:
        assert self.exchange.at_desk is not None, "nobody speaks before the first agent has arrived"
        return self.exchange.at_desk.realtime

    def _speech(self, voice: Voice) -> Speech:
        return self._speeches.of(self.services.available(voice))

    def _modality(self, voice: Voice) -> Modality:
        return "text" if self._typed else self.services.available(voice).modality

    async def _forget_old_calls(self) -> None:
        kept = timedelta(days=self.services.settings.storage.retention_days)
        try:
            await forget(self.call.database, datetime.now(UTC) - kept)
        except (SQLAlchemyError, OSError) as error:
            log.warning("old calls were not removed: the database does not answer", error=type(error).__name__)
