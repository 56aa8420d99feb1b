"""One call on the small line, against a simulator of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from livekit.agents import UserStateChangedEvent
from livekit.agents.voice.transcription import TranscriptSynchronizer

from app.costs import prices_of
from simulator.mind import Mind
from simulator.options import Options
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.call.resume import Past
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import Event
from switchboard.line.voices import CartesiaVoice
from switchboard.line.workflow import Workflow
from switchboard.migrations import upgrade
from switchboard.realtime.breaker import Breakers
from switchboard.services.providers import Services
from switchboard.settings.environment import load_settings, with_simulator
from switchboard.settings.schema import Settings
from tests.stage.agents import Desk, Lobby, Reception, Studio
from tests.stage.mind import Obedient
from tests.stage.sound import Loudspeaker, Microphone

STUDIO_VOICE = CartesiaVoice("studio-voice")
LINE = Workflow(
    name="stage",
    start=Reception,
    handoffs={
        Reception: (Desk, Studio, Lobby),
        Desk: (Reception, Studio),
        Studio: (Reception, Desk),
        Lobby: (Reception,),
    },
    voices={Studio: STUDIO_VOICE},
)
PREVIEW = "2025-04-01-preview"
PATIENCE = 20.0
LAST = 12

Wanted = TypeVar("Wanted", bound=Event)


class Record:
    """What the ledger has told so far."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[float] = []
        """When each was written, as `time.monotonic()`."""
        self.patience = PATIENCE
        """In seconds; who waits for longer waits in vain."""
        self._happened = asyncio.Event()

    def note(self, event: Event) -> None:
        self.events.append(event)
        self.times.append(time.monotonic())
        self._happened.set()

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until an event makes `happened` true; who waits in vain is told what has happened in its place."""
        try:
            async with asyncio.timeout(self.patience):
                while not happened():
                    self._happened.clear()
                    await self._happened.wait()
        except TimeoutError as error:
            raise TimeoutError(f"not within {self.patience} s. The last events: {self.events[-LAST:]}") from error


@dataclass
class Stage:
    """What a test has in its hands."""

    simulator: Simulator
    mind: Obedient
    conversation: Conversation
    database: Database
    loudspeaker: Loudspeaker
    microphone: Microphone
    record: Record

    @property
    def events(self) -> list[Event]:
        """What the ledger has told so far."""
        return self.record.events

    async def say(self, words: str) -> None:
        """The caller types `words`, and all that follows has happened when this returns."""
        async with asyncio.timeout(PATIENCE):
            await self.conversation.session.run(user_input=words)
            await self.conversation.session.wait_for_idle()

    def speak(self, words: str) -> None:
        """The caller says `words`, which are understood."""
        self.mind.will_hear(words)
        self.microphone.speak(words)

    async def until_the_second_item(self, words: str) -> None:
        """The caller types `words`, and hears the first item of the answer, and the beginning of the second."""
        speaker = self.loudspeaker
        await speaker.silence()
        before = len(speaker.heard)
        self.conversation.session.generate_reply(user_input=words)
        await speaker.playing.wait()
        while len(speaker.heard) == before or not speaker.playing.is_set():
            await speaker.wait_for_playout()
            await speaker.playing.wait()

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until the ledger makes `happened` true."""
        await self.record.until(happened)

    async def until_said(self, words: str) -> None:
        """Wait until an agent has said something that contains `words`."""
        await self.until(lambda: any(words in getattr(event, "text", "") for event in self.events))

    async def until_caller_is(self, state: str) -> None:
        """Wait until LiveKit says that of the caller: "speaking", "listening" or "away"."""
        session = self.conversation.session
        reached = asyncio.Event()

        def listener(event: UserStateChangedEvent) -> None:
            if event.new_state == state:
                reached.set()

        session.on("user_state_changed", listener)
        if session.user_state != state:
            await asyncio.wait_for(reached.wait(), PATIENCE)
        session.off("user_state_changed", listener)


def stage_settings(**environ: str) -> Settings:
    """Settings for tests, out of nothing but `environ`."""
    return load_settings(None, environ)


def new_database(folder: Path) -> str:
    """The address of a migrated SQLite database. Runs an event loop of its own: for fixtures that are not async."""
    url = f"sqlite:///{folder / 'switchboard.db'}"
    upgrade(url)
    return url


@asynccontextmanager
async def staged(
    database_url: str,
    *,
    line: Workflow = LINE,
    options: Options | None = None,
    mind: Mind | None = None,
    preview: bool = False,
    speech: bool = True,
    cartesia: bool = True,
    typed: bool = False,
    speed: float = 20.0,
    past: Past | None = None,
    greeted: bool = True,
    in_step: bool = False,
    at: Simulator | None = None,
    spare: str | None = None,
    breakers: Breakers | None = None,
    loudspeaker: Loudspeaker | None = None,
    **environ: str,
) -> AsyncIterator[Stage]:
    """A call that has been answered: its first agent has spoken, or is about to if it is not `greeted`.

    `speech`: Azure's text-to-speech is configured. `in_step`: words are kept as far as they were heard, as in a room.
    `loudspeaker`: in place of one that plays at `speed`. `at`: a simulator that runs already. `spare`: the address of
    one that is the fallback.
    """
    thinks = mind or Obedient()
    database = Database(database_url)
    async with Simulator(thinks, options) if at is None else nullcontext(at) as simulator:
        version = {"OPENAI_API_VERSION": PREVIEW} if preview else {}
        settings = with_simulator(stage_settings(REALTIME_PROVIDER="simulator", **version, **environ), simulator.url)
        settings = settings.model_copy(
            update={
                "azure": settings.azure if speech else replace_fields(settings.azure, tts_deployment=None),
                "cartesia": settings.cartesia if cartesia else replace_fields(settings.cartesia, api_key=None),
            }
        )
        if spare:
            fallback = {"fallback_endpoint": spare, "fallback_deployment": settings.azure.deployment}
            settings = settings.model_copy(update={"azure": replace_fields(settings.azure, **fallback)})
        record, services = Record(), Services(settings, breakers)
        conversation = Conversation(
            line,
            services,
            database,
            Caller(),
            prices=prices_of(settings),
            typed=typed,
            past=past,
            origin="room",
            listeners=(record.note,),
        )
        loudspeaker, microphone = loudspeaker or Loudspeaker(speed), Microphone()
        words = TranscriptSynchronizer(next_in_chain_audio=loudspeaker, next_in_chain_text=None)
        async with aclosing(services), aclosing(words), conversation:
            stage = Stage(simulator, thinks, conversation, database, loudspeaker, microphone, record)  # type: ignore[arg-type]
            if not typed:
                conversation.session.output.audio = words.audio_output if in_step else loudspeaker
                conversation.session.output.transcription = words.text_output if in_step else None
                conversation.session.input.audio = microphone
            await conversation.start()
            if greeted:
                async with asyncio.timeout(PATIENCE):
                    await conversation.session.wait_for_idle()
            yield stage
    await database.aclose()


def replace_fields(group: object, **fields: object) -> object:
    """A copy of a group of settings with other values."""
    return group.model_copy(update=fields)  # type: ignore[attr-defined]


def with_line(**fields: object) -> Workflow:
    """The small line with something changed."""
    return replace(LINE, **fields)  # type: ignore[arg-type]
