"""A call's life in a LiveKit room: the caller comes, goes and comes back, types, and is put through to people."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import structlog
from livekit import rtc
from livekit.agents import llm, room_io, utils
from livekit.agents.voice.transcription import TranscriptSynchronizer

from switchboard.call.channel import PHONE, Channel
from switchboard.call.engine import Engine
from switchboard.call.receipts import Receipts
from switchboard.call.typed import Typed
from switchboard.call.typed_line import TypedLine
from switchboard.ladder.callback_rung import CallbackRung
from switchboard.ladder.company import Company
from switchboard.ladder.farewell import Farewell
from switchboard.ladder.move import Move
from switchboard.ladder.phrases import Phrases
from switchboard.ladder.rungs import NumberRung, PersonRung, Rung
from switchboard.ladder.speaker import Speaker
from switchboard.ladder.wait import Wait
from switchboard.ledger.events import Event
from switchboard.line.callback import Callback
from switchboard.line.sentences import BACK_AGAIN
from switchboard.line.workflow import AgentType, Number, Person, Rescue, Workflow
from switchboard.realtime.pieces import SHORT_MS
from switchboard.recording.recorder import Recorder
from switchboard.room.agent_track import AgentTrack
from switchboard.room.caller import CallerRoom
from switchboard.room.chat import Chat
from switchboard.room.heard_source import Everyone
from switchboard.room.join import join
from switchboard.room.keypad import Keypad, turn
from switchboard.room.relief import Relief
from switchboard.room.seat import Seat
from switchboard.room.transcript import AgentWords, CallerWords
from switchboard.services.providers import Services
from switchboard.transfer.caller_side import CallerSide
from switchboard.transfer.cold import ColdTransfer
from switchboard.transfer.unaided import UnaidedTransfer
from switchboard.transfer.warm import WarmTransfer
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

FORGETTING_SECONDS = 1.0
RINGING_SECONDS = 8.0
"""A phone rings no longer than this for the first words: then it is told what it waits for."""


@dataclass(frozen=True)
class Invitation:
    """The LiveKit room of a call. `connect` connects `room`; the caller may not be there yet."""

    room: rtc.Room
    seat: Seat
    relief: Relief
    connect: Callable[[], Awaitable[None]]
    caller: str | None = None
    """The identity that the caller will have; None: whoever comes."""


class Presence:
    """The room's side of one call. `answered` is called when the caller is there.

    `disclosing` adds to an instruction what the caller is still to hear. `recorder`, if the call is recorded, is told
    what they hear. `kept` are the typed lines, by name, of the call that goes on.
    """

    def __init__(
        self,
        invitation: Invitation,
        workflow: Workflow,
        services: Services,
        engine: Engine,
        channel: Channel,
        answered: Callable[[], None],
        disclosing: Callable[[str], str],
        recorder: Recorder | None,
        kept: Collection[str],
    ) -> None:
        settings, call, session = services.settings, engine.call, engine.session
        self._invitation = invitation
        self._workflow = workflow
        self._engine = engine
        self._channel = channel
        self._limits = settings.call
        self._answered = answered
        self._begun = asyncio.Event()
        """The caller is there, and the ledger has it: nobody speaks to them before."""
        self._disclosing = disclosing
        self._recorder = recorder
        self._started = False
        zero = channel is PHONE and settings.phone.asks_for_person_with_zero
        self._typed = Typed(session, call)
        self._keypad = Keypad(lambda keys: self._type(turn(keys, zero, call.ledger.mask)))
        self._room = CallerRoom(
            invitation.room,
            invitation.seat,
            invitation.caller,
            workflow.name,
            call.id,
            self._press,
            engine.background,
        )
        self._receipts = Receipts(call.ledger, kept, self._room.confirm, engine.background)
        self._chat = Chat(invitation.room, self._room.is_caller, self._room.seated, self._type, engine.background)
        hearing = Everyone(engine.turns, recorder) if recorder else engine.turns
        self._track = AgentTrack(hearing, lambda: call.departure.to_agent)
        self._track.on("playback_started", engine.turns.begins)
        self._words = TranscriptSynchronizer(next_in_chain_audio=self._track, next_in_chain_text=AgentWords(self._room))
        self._cold = ColdTransfer(call, engine.ending, settings.phone.phones_of, self._room.refer)
        phrases = Phrases(session)
        self._company = self._new_company(phrases)
        self._keeping: asyncio.Task[None] | None = None
        side = CallerSide(call, session, engine.ending, self._room, self._track, engine.model)
        self._speaker = Speaker(call, phrases, self._track, AgentWords(self._room))
        self._warm = WarmTransfer(services, side, partial(self._speaker.frames, workflow.words.take))
        self._unaided = UnaidedTransfer(settings, side, self._warm.rings, self._speaker.say)
        rungs = [rung for rescue in workflow.rescued_by if (rung := self._rung(rescue))]
        self._farewell = Farewell(call, engine.ending, workflow.words, self._speaker, rungs)
        self._move = self._new_move(phrases)
        self._moving: asyncio.Task[None] | None = None

    def _new_company(self, phrases: Phrases) -> Company:
        engine = self._engine
        call, session = engine.call, engine.session
        wait = Wait(session, engine.model, call.departure, engine.unanswered, self._track, lambda: self.there)
        words = self._workflow.words
        return Company(call, session, wait, words, phrases, self._track, engine.turns, engine.background)

    def _new_move(self, phrases: Phrases) -> Move:
        return Move(
            self._engine.call,
            self._engine.session,
            self._engine.ending,
            self._invitation.relief,
            self._workflow.words.moving,
            phrases,
            self._track,
            self._typed,
            self._farewell,
        )

    def tools(self, agent: AgentType) -> list[llm.Tool]:
        """What `agent` can put the caller through to: numbers, from a phone, and people who have one."""
        numbers = self._workflow.numbers(agent) if self._channel is PHONE else ()
        people = [person for person in self._workflow.people(agent) if self._warm.reaches(person)]
        return [*map(self._cold.tool, numbers), *map(self._warm.tool, people)]

    def show(self, event: Event) -> None:
        """A listener of the ledger: the caller's page is shown what it may see."""
        self._room.show(event)
        self._receipts.note(event)

    async def start(self, start_session: Callable[[rtc.Room, room_io.RoomOptions], Awaitable[None]]) -> None:
        """Make connection, room and greeting ready side by side; the first words wait for the caller.

        `start_session` starts the call's session in the room.
        """
        self._engine.session.output.audio = self._words.audio_output
        self._engine.session.output.transcription = self._words.text_output
        self._engine.session.on("user_input_transcribed", CallerWords(self._room).heard)
        self._chat.open()
        self._invitation.relief.on_word(self._invitation.room, self._begin_to_move)
        options = room_io.RoomOptions(
            audio_input=room_io.AudioInputOptions(
                frame_size_ms=SHORT_MS, pre_connect_audio=False, auto_gain_control=self._channel.gain_control
            ),
            text_input=False,  # ours: see `switchboard/room/chat.py`
            text_output=False,  # ours: see `switchboard/room/transcript.py`
            close_on_disconnect=False,
            delete_room_on_close=False,  # LiveKit's may overtake the last news to the page: see `aclose`
        )
        entering = self._engine.background.run(self._enter(), "enter the room")
        await start_session(self._invitation.room, options)
        await entering
        if self._engine.ending.begun:
            return
        self._started = True
        answering = self._engine.background.run(self._typed.answer(), "answer what is typed")
        self._engine.background.run(self._leave_unanswered(answering), "leave what is typed")
        self._keeping = self._engine.background.run(self._company.keep(), "keep the caller company")
        if self._room.caller is not None:  # known to LiveKit only now: it looks for the identity in the room at once
            self._engine.session.room_io.set_participant(self._room.caller)

    async def _leave_unanswered(self, answering: asyncio.Task[None]) -> None:
        """What is typed to an agent that leaves: nobody would hear its answer, and the page tells the next one."""
        await self._engine.ending.leaving.wait()
        answering.cancel()

    async def bid_farewell(self) -> None:
        """The service does not come back: have the caller helped otherwise, or tell them, and end the call.

        Who is with a person needs no service meanwhile.
        """
        await any_set(self._warm.idle, self._engine.ending.leaving)
        if self._keeping:
            await utils.aio.cancel_and_wait(self._keeping)
        self._track.spoken.set()  # a phone that still rings is answered
        self._engine.session.input.set_audio_enabled(False)
        self._engine.background.run(self._engine.model.hang_up(), "hang up a model that does not serve")
        self._engine.background.run(self._farewell.bid(), "farewell")
        await self._engine.ending.leaving.wait()

    async def _relieved(self) -> None:
        """Our worker stops: somebody else has the caller from here on."""
        if self._engine.ending.begun:
            return
        self._warm.stop()
        self._farewell.stop()
        await self._warm.idle.wait()
        for line in self._warm.take_back():
            self._typed.put(line.text, line.name)
        if self._keeping:
            await utils.aio.cancel_and_wait(self._keeping)
        await self._move.make()

    async def aclose(self) -> None:
        """The call is over, for whoever is still there as well."""
        async with AsyncExitStack() as closing:
            closing.callback(self._keypad.close)
            closing.push_async_callback(self._track.aclose)
            closing.push_async_callback(self._words.aclose)
            closing.push_async_callback(self._room.aclose)

    async def _enter(self) -> None:
        invitation = self._invitation
        if not await join(invitation.room, invitation.seat.take(invitation.room, invitation.connect)):
            log.warning("another agent has the room: this one leaves")
            self._engine.ending.withdraw()
            await invitation.room.disconnect()
            return
        self._room.connected()
        self._engine.call.caller.number, self._engine.call.caller.dialed = self._room.number, self._room.dialed
        self._engine.background.run(self._attend(), "attend")
        self._engine.background.run(self._notice_the_end(), "notice the end of the room")
        if self._channel.rings:
            self._engine.background.run(self._pick_up(), "pick up")
        else:
            await self._track.publish(self._room.room, self._room.caller, self._begun.wait)

    async def _pick_up(self) -> None:
        """Answer a phone, which LiveKit SIP does when there is a track: with the first words in hand, or late."""
        await any_set(self._track.spoken, seconds=RINGING_SECONDS)
        await self._track.publish(self._room.room, self._room.caller, self._begun.wait)

    async def _notice_the_end(self) -> None:
        """The room is closed, or the server is gone."""
        await self._room.closed.wait()
        self._engine.ending.finish("caller_left")

    async def _attend(self) -> None:
        """Wait for the caller, notice when they go, and give them time to come back."""
        room = self._room
        if not await self._somebody_comes():
            self._engine.ending.finish("nobody_came")
            return
        if not room.here.is_set():
            self._engine.ending.finish("caller_left")
            return
        self._answered()
        self._begun.set()
        if self._recorder and room.caller is not None:
            self._recorder.follow(room.room, room.caller)
        while True:
            await room.gone.wait()
            self._track.hold()
            self._typed.hold()
            if self._speaks:
                self._engine.session.interrupt()
            left = time.monotonic()
            if not self._channel.comes_back or not await any_set(room.here, seconds=self._limits.grace_seconds):
                self._engine.ending.finish("caller_left")
                return
            if time.monotonic() - left > 60 * self._limits.verified_away_minutes:
                self._engine.call.caller.verified = None
            await self._forget_what_nobody_heard()
            self._track.release()
            on_the_way = self._engine.call.departure.target  # to somebody who speaks on arrival
            if self._speaks and not self._typed.waiting and not on_the_way:
                self._engine.session.generate_reply(instructions=self._disclosing(BACK_AGAIN))
            self._typed.release()

    async def _forget_what_nobody_heard(self) -> None:
        """What the agent has said while the caller was away."""
        if self._speaks:
            await asyncio.wait([self._engine.session.interrupt()], timeout=FORGETTING_SECONDS)
            self._engine.model.live.forget_unheard(self._engine.session.history)

    async def _somebody_comes(self) -> bool:
        """Wait for the caller; the model is let go soon, and called again when they are there after all.

        Not while a phone rings: it rings until the model has the first words.
        """
        room, wait = self._room, self._limits.wait_seconds
        warm = wait if self._channel.rings else min(wait, self._limits.warm_seconds)
        if await any_set(room.here, room.gone, seconds=warm):
            return True
        self._engine.model.rest()
        came = await any_set(room.here, room.gone, seconds=wait - warm)
        if room.here.is_set():
            self._engine.model.wake()
        return came

    def _rung(self, rescue: Rescue) -> Rung | None:
        """How this caller can be helped by it; None: not at all."""
        words = self._workflow.words
        match rescue:
            case Person() if self._unaided.reaches(rescue):
                return PersonRung(rescue, self._unaided, self._speaker, words)
            case Number() if self._channel is PHONE and self._cold.reaches(rescue):
                return NumberRung(rescue, self._cold, self._speaker, words)
            case Callback():
                return CallbackRung(self._engine.call, rescue, self._speaker, words)
        return None

    @property
    def there(self) -> bool:
        """Whether the caller is there, and nobody but the agents has them."""
        return self._speaks and self._room.here.is_set()

    @property
    def _speaks(self) -> bool:
        """Whether an agent is there to speak, and nobody else has the caller."""
        out = self._warm.running or self._farewell.begun.is_set()
        return self._started and not out and not self._engine.ending.begun

    def _press(self, key: str) -> None:
        if self._recorder:
            self._recorder.key()
        if self._farewell.begun.is_set():
            self._farewell.press(key)
        else:
            self._keypad.press(key)

    def _begin_to_move(self) -> None:
        if self._moving is None:
            self._moving = self._engine.background.run(self._relieved(), "hand the caller over to another worker")

    def _type(self, words: str, name: str | None = None) -> None:
        """The caller has typed something, on the keypad or on a page, which calls it `name`."""
        leaves = self._engine.ending.begun and not self._move.over
        if leaves or not self._receipts.wants(name):
            return
        if self._move.over:
            self._move.keep(TypedLine(words, name))
        elif self._farewell.begun.is_set():
            self._farewell.type(words)
        elif self._warm.running:
            self._warm.keep(TypedLine(words, name))
        else:
            self._typed.put(words, name)
