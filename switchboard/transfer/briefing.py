"""The talk with a person who was rung: the briefing, their questions, yes or no; and their words when they are done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Self

from livekit.agents import (
    Agent,
    AgentSession,
    ToolError,
    UserInputTranscribedEvent,
    function_tool,
    llm,
    room_io,
    utils,
)
from livekit.agents.voice.events import UserStateChangedEvent

from switchboard.background import Background
from switchboard.call.channel import PHONE
from switchboard.call.departure import Departure
from switchboard.call.meter import Meter
from switchboard.call.quiet import Quiet
from switchboard.call.unanswered import Unanswered
from switchboard.line.quoted import Said
from switchboard.line.sentences import ASK_FOR_A_YES, BRIEF_THE_COLLEAGUE, DICTATE, SAID_BEFORE
from switchboard.line.voices import NativeVoice
from switchboard.line.workflow import Person
from switchboard.realtime.pieces import SHORT_MS
from switchboard.realtime.session import CallSession
from switchboard.room.agent_track import AgentTrack
from switchboard.services.providers import Services
from switchboard.services.speech import Speeches
from switchboard.transfer.consent import Consent
from switchboard.transfer.person_phone import PERSON, PersonPhone
from switchboard.transfer.prompt import Frames, Prompt
from switchboard.transfer.talk import Answer, Decision
from switchboard.waiting import any_set

HELLO_SECONDS = 1.5
"""So long the person may say hello first, as people do who pick up a phone."""
DICTATION_SECONDS = 20.0
"""For what they want to say about a caller whom they hand back, from the question or the last word understood."""
FINISHED = "*#"
INSTRUCTIONS = """\
You are `briefing` on the line `{line}`.
You have rung {name}, a colleague of yours, on the telephone. A caller is waiting, who cannot hear you two. Everything
you write is spoken aloud: short, plain sentences.
Begin with the briefing: that a caller is waiting, who it is if that is known, and whether that is verified; what they
want and what was tried; in two or three sentences. Then ask whether you may put the caller through: they can say so, or
press 1 for yes and 2 for no.
Answer their questions from what you know of the call, and from nothing else. When they agree, call `accept_caller`;
when they do not, or cannot, call `decline_caller`. Say nothing when you call a tool. An answering machine accepts
nobody: if you hear one, call `decline_caller`."""


class Briefing:
    """On a `line` that is answered, or about to be. `brief` and `said` are what the agent knows of the call.

    `take` is what the person hears when whoever briefs them says nothing; `on_said` hears what they have said since
    they accepted; `meter` counts what it takes.
    """

    def __init__(
        self,
        services: Services,
        line: PersonPhone,
        person: Person,
        of_line: str,
        brief: str,
        said: Sequence[Said],
        take: Frames,
        on_said: Callable[[str], None],
        meter: Meter,
    ) -> None:
        self._services = services
        self._meter = meter
        self._line = line
        self._answer = Answer(line)
        self._spoke = asyncio.Event()
        self.finished = asyncio.Event()
        """The person has pressed star: they are done with the caller, or with what they say about them."""
        self._heard = asyncio.Event()
        self._on_said = on_said
        self._over = asyncio.Event()
        self.track = AgentTrack()
        self._prompt = Prompt(self.track, take, lambda: self._session.user_state == "speaking")
        settings = services.settings
        self.takes_notes = settings.phone.takes_notes and not settings.turns.client_side
        self._consent = Consent(transcribed=settings.transcription_model is not None)
        self._agent = Briefer(person, of_line, brief, said, self._answer.give, self._consent.given)

    async def __aenter__(self) -> Self:
        """Be there, ready to speak, before the phone is answered."""
        async with AsyncExitStack() as opened:
            await self._open(opened)
            self._resources = opened.pop_all()
        return self

    async def _open(self, opened: AsyncExitStack) -> None:
        model = self._model = self._services.realtime("audio", lambda _: None, PHONE.more_silence_ms)
        opened.push_async_callback(model.aclose)
        model.gave_up = self._gave_up
        speeches = Speeches(
            lambda voice: self._services.speech(voice, lambda: model.live), self._meter.spoke, spoken=True
        )
        opened.push_async_callback(speeches.aclose)
        self._session: AgentSession[None] = AgentSession(
            llm=model,
            tts=speeches.of(NativeVoice()),
            aec_warmup_duration=None,
            **self._services.turns(PHONE.more_silence_ms),
        )
        background = Background(lambda: None)  # the person still has the keys
        opened.push_async_callback(background.aclose)
        quiet = Quiet(self._session, model, Departure())
        self._unanswered = Unanswered(self._session, quiet, background, lambda: self._is_asked)
        model.began = self._follow
        opened.push_async_callback(self.track.aclose)
        opened.push_async_callback(self._session.aclose)
        opened.push_async_callback(model.hang_up)  # first: it costs money
        self._session.output.audio = self.track
        self._consent.watch(self._session)
        self._session.on("user_state_changed", self._user_state)
        self._session.on("user_input_transcribed", self._transcribed)
        self._line.listen(self._key)
        audio = room_io.AudioInputOptions(frame_size_ms=SHORT_MS, pre_connect_audio=False, auto_gain_control=True)
        options = room_io.RoomOptions(
            audio_input=audio,
            text_input=False,
            text_output=False,
            participant_identity=PERSON,
            close_on_disconnect=False,
            delete_room_on_close=False,
        )
        await self._session.start(
            self._agent, room=self._line.room, room_options=options, session_host=False, record=False
        )
        await self.track.publish(self._line.room, PERSON, self._line.answered.wait)

    def _follow(self, realtime: CallSession) -> None:
        self._meter.watch(realtime)
        self._unanswered.follow(realtime)

    @property
    def _is_asked(self) -> bool:
        """Whether the person is still to say yes or no."""
        return self._answer.decision is None and not self._over.is_set()

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        await self._resources.aclose()

    async def decided(self, seconds: float) -> Decision:
        """Brief the person who has answered, and wait for their yes or no."""
        asking = asyncio.create_task(self._brief(), name="briefing")
        prompting = asyncio.create_task(self._prompt.repeat(), name="prompt")
        try:
            return await self._answer.within(seconds)
        finally:
            await utils.aio.cancel_and_wait(asking, prompting)

    def fall_silent(self) -> None:
        """The person has the caller: say nothing any more, and hear nothing, or only write it down."""
        self.finished.clear()
        self._session.interrupt()
        self._model.live.listen_only(True)
        self._session.input.set_audio_enabled(self.takes_notes)

    async def dictated(self) -> None:
        """Ask the person who hands the caller back what is to be known, and listen until they are done."""
        self.finished.clear()
        self._heard.clear()
        self._session.input.set_audio_enabled(True)
        asking = asyncio.create_task(self._ask(), name="ask for notes")
        try:
            while await any_set(self._heard, self.finished, self._line.gone, seconds=DICTATION_SECONDS):
                if self.finished.is_set() or self._line.gone.is_set():
                    return
                asking.cancel()
                self._heard.clear()
        finally:
            await utils.aio.cancel_and_wait(asking)

    async def _ask(self) -> None:
        """To the end of the question: what was still said to the caller, or a noise, may cut it off."""
        asked = False
        while not asked:
            speech = self._session.generate_reply(instructions=DICTATE, tool_choice="none")
            await speech.wait_for_playout()
            asked = not speech.interrupted

    async def _brief(self) -> None:
        """Let the person say hello, which the server answers with the briefing; or begin with it."""
        if not await any_set(self._spoke, seconds=HELLO_SECONDS):
            self._session.generate_reply(instructions=BRIEF_THE_COLLEAGUE)

    async def _gave_up(self) -> None:
        """The service has gone: the person still has the keys, and the talk goes on without it."""
        await self._over.wait()

    def _key(self, key: str) -> None:
        if key in FINISHED:
            self.finished.set()
        else:
            self._answer.press(key)

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._spoke.set()

    def _transcribed(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final and self._answer.decision == "accepted" and (text := event.transcript.strip()):
            self._on_said(text)
            self._heard.set()


class Briefer(Agent):
    """Who speaks with the person. `agreed` tells whether they have agreed themselves."""

    def __init__(
        self,
        person: Person,
        line: str,
        brief: str,
        said: Sequence[Said],
        decide: Callable[[Decision], None],
        agreed: Callable[[], Awaitable[bool]],
    ) -> None:
        known = "\n".join([brief, SAID_BEFORE, *map(str, said)])
        # A system item: an assistant's text would make the model drift to text answers.
        context = llm.ChatContext([llm.ChatMessage(role="system", content=[known])])
        instructions = INSTRUCTIONS.format(line=line, name=person.name)
        super().__init__(id="briefing", instructions=instructions, chat_ctx=context)
        self._decide = decide
        self._agreed = agreed

    @function_tool
    async def accept_caller(self) -> None:
        """The colleague takes the caller. Call it when they have agreed."""
        if not await self._agreed():
            raise ToolError(ASK_FOR_A_YES)
        self._decide("accepted")

    @function_tool
    async def decline_caller(self) -> None:
        """The colleague does not take the caller, or an answering machine has picked up."""
        self._decide("declined")
