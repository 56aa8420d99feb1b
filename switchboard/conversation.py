"""One call on a line, from the first agent to the last event in the ledger."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import structlog
from livekit import rtc
from livekit.agents import AgentSession, get_job_context, room_io, utils
from livekit.agents.types import NOT_GIVEN
from sqlalchemy.exc import SQLAlchemyError

from switchboard.call import Call, Caller
from switchboard.caller_room import CallerRoom
from switchboard.database import Database
from switchboard.ending import Ending
from switchboard.exchange import BACK_AGAIN, Exchange
from switchboard.keypad import Keypad
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered
from switchboard.ledger.timeline import forget
from switchboard.logs import TAG, CallTag
from switchboard.providers import Services
from switchboard.realtime import CallSession, Modality
from switchboard.recorder import Recorder
from switchboard.resume import Past
from switchboard.speech import Speech, Speeches
from switchboard.track import AgentTrack
from switchboard.voices import NativeVoice, Voice
from switchboard.workflow import Workflow

log = structlog.get_logger(__name__)

TYPED_KEYS = "(typed on the keypad)"
MAX_TOOL_STEPS = 8  # a chain such as verify, find, return; LiveKit's 3 would end it half-way


class Conversation:
    """A call of `caller` on `workflow`: `async with` it, then `start` it; `ending.over` tells when it has ended.

    `typed` is for a caller who types: nothing is spoken, and nobody is asked whether they are still there. `past` is a
    call that broke off and goes on here; `origin` is what the web app's tickets call them both.
    """

    def __init__(
        self,
        workflow: Workflow,
        services: Services,
        database: Database,
        caller: Caller,
        *,
        typed: bool = False,
        past: Past | None = None,
        origin: str | None = None,
    ) -> None:
        settings = services.settings
        self._limits = settings.call
        call_id = f"call_{uuid.uuid4().hex[:12]}"
        self.workflow = workflow
        self.services = services
        self.ledger = Ledger(database, call_id, workflow.name, origin)
        state = workflow.state.model_validate(past.state if past else {})
        caller.verified = past.verified if past else caller.verified
        self.call = Call[Any](call_id, workflow.name, state, database, self.ledger, caller)
        self._past = past
        self._first = workflow.agent(past.agent) if past else workflow.start
        self._typed = typed
        self._resources = AsyncExitStack()
        self._attending: asyncio.Task[None] | None = None
        self._recorder = Recorder(self.call, self._speaker)
        self._speeches = Speeches(lambda voice: services.speech(voice, self._realtime), spoken=not typed)
        self.model = services.realtime(self._modality(workflow.voice(self._first)), self._recorder.reconnected)
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
        self.exchange.past = past

    async def __aenter__(self) -> Self:
        TAG.set(self._tag)
        if get_job_context(required=False) is None:  # a LiveKit job has an HTTP session of its own
            await self._resources.enter_async_context(utils.http_context.open())
        await self._resources.enter_async_context(self.ledger)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._attending:
            self._attending.cancel()
        await self.session.aclose()
        await self.model.aclose()
        await self._speeches.aclose()
        await self._resources.aclose()
        await self._forget_old_calls()

    async def start(self) -> None:
        """Let the first agent take the call here and now, on the session's own input and output."""
        self._answered()
        await self._start_session()

    async def start_in(self, room: rtc.Room, connect: Callable[[], Awaitable[None]], caller: str | None) -> None:
        """Let the first agent take the call in a LiveKit room, perhaps before the caller is there.

        `connect` connects `room`; `caller` is the identity that the caller will have, None: whoever comes. The realtime
        connection, the room and the greeting are made ready side by side, and the first words wait for the caller.
        """
        track = AgentTrack()
        self.session.output.audio = track
        caller_room = CallerRoom(room, caller, self.workflow.name, self.call.id)
        keypad = Keypad(lambda keys: self._type(f"{TYPED_KEYS} {keys}"))
        caller_room.on_key = keypad.press
        room.on("disconnected", lambda *_: self.ending.finish("caller_left"))  # closed, or the server is gone
        self._resources.callback(keypad.close)
        self._resources.push_async_callback(track.aclose)
        self._resources.push_async_callback(caller_room.aclose)
        self.ledger.listen(caller_room.show)

        async def enter() -> None:
            await connect()
            caller_room.connected()
            await track.publish(room, caller)

        options = room_io.RoomOptions(
            audio_input=room_io.AudioInputOptions(frame_size_ms=20, pre_connect_audio=False),
            close_on_disconnect=False,
            delete_room_on_close=True,
        )
        await asyncio.gather(enter(), self._start_session(room, options))
        if caller is not None:  # known to LiveKit only now: it looks for the identity in the room at once
            self.session.room_io.set_participant(caller)
        self._attending = asyncio.create_task(self._attend(caller_room), name="attend")

    def _type(self, words: str) -> None:
        self.session.interrupt()
        self.session.generate_reply(user_input=words)

    async def _attend(self, room: CallerRoom) -> None:
        """Wait for the caller, notice when they go, and give them time to come back."""
        if not await _within(room.here, self._limits.wait_seconds):
            self.ending.finish("nobody_came")
            return
        self._answered()
        while True:
            await room.gone.wait()
            self.session.interrupt()
            if not await _within(room.here, self._limits.grace_seconds):
                self.ending.finish("caller_left")
                return
            self.session.generate_reply(instructions=BACK_AGAIN)

    def _answered(self) -> None:
        provider = self.services.settings.provider or ""
        resumes = self._past.call_id if self._past else None
        self.ledger.write(
            Answered(line=self.workflow.name, agent=self._first.name(), provider=provider, resumes=resumes)
        )
        self.ending.begin()

    async def _start_session(
        self, room: rtc.Room | None = None, room_options: room_io.RoomOptions | None = None
    ) -> None:
        self._recorder.watch(self.session)
        self.exchange.watch(self.session)
        await self.session.start(
            self.exchange.seat(self._first),
            room=room or NOT_GIVEN,
            room_options=room_options or NOT_GIVEN,
            session_host=False,  # LiveKit's control channel would show tools and prompts to everybody in the room
            record=False,
        )

    def _speaker(self) -> str:
        agent = self.exchange.at_desk
        return agent.id if agent else self._first.name()

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


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Whether `event` is set in that time."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
