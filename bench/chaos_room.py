"""One spoken call under faults: a participant of a real room, whose every turn is a tone of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import numpy as np
import numpy.typing as npt
from livekit import api, rtc
from livekit.protocol.agent import Job

from app.costs import prices_of
from bench import caller
from bench.chaos_call import LAST, Events, Made, Outcome, judge, note_sockets, options_of, play
from bench.chaos_line import LINE
from bench.chaos_mind import Teller
from bench.chaos_script import Script, Turn
from bench.silence import Clock, Silence
from bench.talker import Hum
from simulator.server import Simulator
from simulator.voice import RATE
from switchboard.call.call import Caller
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.livekit import client_of, token_of
from switchboard.presence import Invitation
from switchboard.room.relief import Relief
from switchboard.room.seat import Seat
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from switchboard.settings.schema import LiveKitAccess, Settings

AGENT, CALLER = "switchboard", "caller"
SPEAKING_SECONDS = 0.6
LOWEST_HERTZ, STEP_HERTZ = 300, 100
PIECE, LEAST_PIECES = RATE // 10, 3
WHOLE = round(SPEAKING_SECONDS * RATE / PIECE) + 1
"""So many pieces a turn has at most."""
PATIENCE = 20.0


def pitch_of(place: int) -> int:
    """The tone of a caller's turn, by its place in the script."""
    return LOWEST_HERTZ + STEP_HERTZ * place


class Pitches:
    """Understands the tones of one script: which turns they are, in the order in which they are heard.

    A tone may come in parts, each of which is a turn to the service, where the machine is too busy for the caller: they
    are understood once. One that is sent again is understood again.
    """

    def __init__(self, script: Script) -> None:
        self._turns = [*script.turns, LAST]
        self._pieces = Counter[int]()
        """What was heard of each, in all."""

    async def recognize(self, pcm: bytes) -> str:
        """The words of the turn, or turns."""
        samples = np.frombuffer(pcm, np.int16).astype(np.float64)
        places = [
            place for start in range(0, len(samples) - PIECE, PIECE) for place in self._place(samples[start:][:PIECE])
        ]
        heard = Counter(places)  # in order; a tone smears where it begins and ends
        return " ".join(self._turns[place].words for place, pieces in heard.items() if self._understood(place, pieces))

    def _understood(self, place: int, pieces: int) -> bool:
        before = self._pieces[place]
        self._pieces[place] += pieces
        if self._pieces[place] > WHOLE:
            return pieces >= LEAST_PIECES
        return before < LEAST_PIECES <= self._pieces[place]

    def _place(self, piece: npt.NDArray[np.float64]) -> Iterator[int]:
        if np.abs(piece).max() > caller.LOUD:
            loudest = int(np.abs(np.fft.rfft(piece)).argmax()) * RATE / len(piece)
            place = round((loudest - LOWEST_HERTZ) / STEP_HERTZ)
            if 0 <= place < len(self._turns):
                yield place


class Mouth(caller.Mouth):
    """Speaks in the tone of the turn."""

    def pitch(self, hertz: int) -> None:
        """The tone from now on."""
        phases = 2 * np.pi * hertz * np.arange(self._frame) / caller.RATE
        self._tone = (np.sin(phases) * caller.TONE_LEVEL).astype("<i2").tobytes()


class Ear(caller.Ear):
    """Tells of every sound."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__()
        self._heard = heard

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Take in a frame."""
        before = self.last
        super().hear(frame)
        if self.last != before:
            self._heard()


async def spoken_call(
    script: Script, settings: Settings, database: Database, clock: Clock, access: LiveKitAccess
) -> Outcome:
    """Play the script, spoken, and judge it."""
    name = f"chaos-{script.number}"
    mind, events = Teller(), Events()
    silence = Silence(clock, events.stir)
    options = options_of(script)
    async with (
        Simulator(mind, options, recognizer=Pitches(script), voice=Hum()) as simulator,
        client_of(access) as livekit,
        _callers(access, livekit, name, silence) as (person, invitation),
    ):
        services = Services(with_simulator(settings, simulator.url))
        prices, told = prices_of(settings), (events.note,)
        conversation = Conversation(
            LINE, services, database, Caller(), prices=prices, invitation=invitation, listeners=told
        )
        made = Made(conversation, simulator, mind, events, silence)
        turns = [*script.turns, LAST]

        async def speak(turn: Turn) -> None:
            assert isinstance(person.mouth, Mouth)
            person.mouth.pitch(pitch_of(turns.index(turn)))
            await person.mouth.speak(SPEAKING_SECONDS)

        async with conversation:
            await conversation.start()
            try:
                await person.hears(PATIENCE)
                outcome = await play(script, made, speak)
            except caller.CallFailedError as failed:
                outcome = Outcome(script, hangs=[str(failed)])
        await note_sockets(made, outcome)
    return judge(made, outcome)


@asynccontextmanager
async def _callers(
    access: LiveKitAccess, livekit: api.LiveKitAPI, name: str, silence: Silence
) -> AsyncIterator[tuple[caller.Caller, Invitation]]:
    """A caller who is in the room, and the invitation to it."""
    created = await livekit.room.create_room(api.CreateRoomRequest(name=name))
    agents, person = rtc.Room(), caller.Caller()
    person.ear, person.mouth = Ear(silence.heard), Mouth(ahead_ms=round(SPEAKING_SECONDS * 1000))

    def token(identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=name, agent=identity == AGENT)
        return token_of(access).with_identity(identity).with_grants(grants).to_jwt()

    job = Job(room=created, agent_name=AGENT)
    seat, relief = Seat(livekit, job), Relief(livekit, job, "", "")
    await person.connect(access.url, token(CALLER))
    try:
        yield person, Invitation(agents, seat, relief, lambda: agents.connect(access.url, token(AGENT)), CALLER)
    finally:
        await person.hang_up()
        await agents.disconnect()


async def rooms_left(livekit: api.LiveKitAPI) -> int:
    """How many rooms of ours there are."""
    for _ in range(50):
        listed = await livekit.room.list_rooms(api.ListRoomsRequest())
        left = [room.name for room in listed.rooms if room.name.startswith("chaos-")]
        if not left:
            return 0
        await asyncio.sleep(0.1)
    return len(left)
