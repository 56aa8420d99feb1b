"""One call on a line, from the first agent to the last event in the ledger."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import structlog
from livekit import rtc
from livekit.agents import AgentSession, get_job_context, llm, room_io, utils
from livekit.agents.types import NOT_GIVEN
from sqlalchemy.exc import SQLAlchemyError

from switchboard.call.call import Call, Caller
from switchboard.call.channel import PHONE, WEB, Channel
from switchboard.call.ending import Ending
from switchboard.call.handoff import BACK_AGAIN, Handoffs
from switchboard.call.resume import Past
from switchboard.call.witness import Witness
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered
from switchboard.ledger.timeline import forget
from switchboard.line.agent import Speech
from switchboard.line.voices import Modality, NativeVoice, Voice
from switchboard.line.workflow import Workflow
from switchboard.logs import TAG, CallTag
from switchboard.realtime import CallSession
from switchboard.realtime.pieces import SHORT_MS
from switchboard.room.agent_track import AgentTrack
from switchboard.room.caller import CallerRoom
from switchboard.room.keypad import Keypad, turn_of
from switchboard.services.providers import Services
from switchboard.services.speech import Speeches
from switchboard.transfer.cold import ColdTransfer
from switchboard.transfer.warm import CallerSide, WarmTransfer
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

ANSWER_TYPED = room_io.TextInputOptions().text_input_cb
"""LiveKit's own way: the caller counts as speaking meanwhile."""
CLOSING_SECONDS = 8.0
MAX_TOOL_STEPS = 8  # a chain such as verify, find, return; LiveKit's 3 would end it half-way


class Conversation:
    """A call of `caller` on `workflow`: `async with` it, then `start` it; `ending.over` tells when it has ended.

    `typed` is for a caller who types: nothing is spoken, and nobody is asked whether they are still there. `past` is a
    call that broke off and goes on here; `origin` is what the web app's tickets call them both. `channel` is how the
    caller reaches us.
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
        channel: Channel = WEB,
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
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = channel
        self._witness = Witness(self.call, self._speaker, workflow.secrets)
        self._speeches = Speeches(lambda voice: services.speech(voice, self._realtime), spoken=not typed)
        self.model = services.realtime(
            self._modality(workflow.voice(self._first)), self._witness.reconnected, channel.more_silence_ms
        )
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
        self.handoffs = Handoffs(workflow, self.call, self._speech, self._modality, self._tag, channel.manners)
        self.handoffs.tools.append(self.ending.tool)
        self.handoffs.past = past
        self._cold = ColdTransfer(self.call, self.ending, self._speaker, settings.phone.phones_of)
        self._warm = WarmTransfer(services)
        if channel is PHONE:
            self.handoffs.number_tool = self._cold.tool

    async def __aenter__(self) -> Self:
        TAG.set(self._tag)
        if get_job_context(required=False) is None:  # a LiveKit job has an HTTP session of its own
            await self._resources.enter_async_context(utils.http_context.open())
        await self._resources.enter_async_context(self.ledger)
        return self

    async def __aexit__(self, *_: object) -> None:
        await utils.aio.cancel_and_wait(*self._tasks)
        await self._close_session()
        await self.model.aclose()
        await self._speeches.aclose()
        await self._resources.aclose()
        await self._forget_old_calls()

    async def _close_session(self) -> None:
        """Close it, or go on without: a call that is over must not hold its connection, whatever LiveKit waits for."""
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.session.aclose()
        except TimeoutError:
            log.error("the session did not close in time")
        self.ending.end_anyway()

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
        zero = self._channel is PHONE and self.services.settings.phone.asks_for_person_with_zero
        keypad = Keypad(lambda keys: self._type(turn_of(keys, zero)))
        caller_room.on_key = keypad.press
        room.on("disconnected", lambda *_: self.ending.finish("caller_left"))  # closed, or the server is gone
        self._resources.callback(keypad.close)
        self._resources.push_async_callback(track.aclose)
        self._resources.push_async_callback(_close_room)
        self._resources.push_async_callback(caller_room.aclose)
        self.ledger.listen(caller_room.show)
        self._let_people_in(caller_room, track)

        async def enter() -> None:
            await connect()
            caller_room.connected()
            self._know(caller_room)
            self._run(self._attend(caller_room), "attend")
            if self._channel.rings:
                self._run(self._pick_up(track, caller_room), "pick up")
            else:
                await track.publish(room, caller)

        options = room_io.RoomOptions(
            audio_input=room_io.AudioInputOptions(
                frame_size_ms=SHORT_MS, pre_connect_audio=False, auto_gain_control=self._channel.gain_control
            ),
            text_input=room_io.TextInputOptions(text_input_cb=lambda _, event: self._type(event.text)),
            close_on_disconnect=False,
            delete_room_on_close=False,  # LiveKit's may overtake the last news to the page: see _close_room
        )
        await asyncio.gather(enter(), self._start_session(room, options))
        if caller_room.caller is not None:  # known to LiveKit only now: it looks for the identity in the room at once
            self.session.room_io.set_participant(caller_room.caller)

    def _know(self, room: CallerRoom) -> None:
        """A phone's numbers: they help the agents, and prove nothing."""
        self.call.caller.number = room.number
        self.call.caller.dialed = room.dialed
        if room.dialed is not None:
            self._cold.refer = room.refer

    def _let_people_in(self, room: CallerRoom, track: AgentTrack) -> None:
        """A call in a room can be joined by a person, if there is a phone of theirs."""
        self._warm.caller = CallerSide(
            self.call, self.session, self.ending, room, track, self._speaker, self._said, self._realtime
        )
        self.handoffs.person_tool = lambda person: self._warm.tool(person) if self._warm.reaches(person) else None

    def _type(self, words: str) -> None:
        """The caller has typed something, on the keypad or on a page."""
        if self._warm.running:
            self._warm.keep(words)
        else:
            answer = ANSWER_TYPED(self.session, room_io.TextInputEvent(words))
            assert answer is not None
            self._run(answer, "typed")

    def _said(self) -> list[str]:
        """What was said in the call so far, a line each."""
        spoken = [item for item in self.session.history.items if isinstance(item, llm.ChatMessage)]
        names = {"user": "caller", "assistant": "agent"}
        return [
            f"{names[item.role]}: {item.text_content}" for item in spoken if item.role in names and item.text_content
        ]

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    async def _pick_up(self, track: AgentTrack, room: CallerRoom) -> None:
        """Answer a phone, which LiveKit SIP does when there is a track; the first words are in hand by then."""
        await track.spoken.wait()
        await track.publish(room.room, room.caller, room.here.wait)

    async def _attend(self, room: CallerRoom) -> None:
        """Wait for the caller, notice when they go, and give them time to come back."""
        if not await any_set(room.here, room.gone, seconds=self._limits.wait_seconds):
            self.ending.finish("nobody_came")
            return
        if not room.here.is_set():
            self.ending.finish("caller_left")
            return
        self._answered()
        while True:
            await room.gone.wait()
            if not self._warm.running:
                self.session.interrupt()
            if not self._channel.comes_back or not await any_set(room.here, seconds=self._limits.grace_seconds):
                self.ending.finish("caller_left")
                return
            if not self._warm.running:
                self.session.generate_reply(instructions=BACK_AGAIN)

    def _answered(self) -> None:
        provider = self.services.settings.provider or ""
        resumes = self._past.call_id if self._past else None
        self.ledger.write(
            Answered(
                line=self.workflow.name,
                agent=self._first.name(),
                provider=provider,
                resumes=resumes,
                caller=self.call.caller.masked_number,
            )
        )
        self.ending.begin()

    async def _start_session(
        self, room: rtc.Room | None = None, room_options: room_io.RoomOptions | None = None
    ) -> None:
        self._witness.watch(self.session)
        self.handoffs.watch(self.session)
        await self.session.start(
            self.handoffs.seat(self._first),
            room=room or NOT_GIVEN,
            room_options=room_options or NOT_GIVEN,
            session_host=False,  # LiveKit's control channel would show tools and prompts to everybody in the room
            record=False,
        )

    def _speaker(self) -> str:
        agent = self.handoffs.at_desk
        return agent.id if agent else self._first.name()

    def _realtime(self) -> CallSession:
        assert self.handoffs.at_desk is not None, "nobody speaks before the first agent has arrived"
        return CallSession.of(self.handoffs.at_desk)

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


async def _close_room() -> None:
    """The call is over for whoever is still there."""
    await get_job_context().delete_room()
