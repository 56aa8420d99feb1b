"""One spoken call under faults: a participant of a real room, whose every turn has notes of its own."""

import asyncio
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
NOTES = 2
"""A turn is a low note and then a high one: the low one after the high one is its beginning again."""
PIECE, LEAST_PIECES, LEAST_HIGH = RATE // 10, 3, 2
PATIENCE = 20.0


def pitches_of(place: int) -> tuple[int, int]:
    """The notes of a caller's turn, by its place in the script."""
    low = LOWEST_HERTZ + STEP_HERTZ * NOTES * place
    return low, low + STEP_HERTZ


class Heard:
    """What was heard of a turn."""

    def __init__(self) -> None:
        self._pieces = [0] * NOTES

    def understood(self, note: int) -> bool:
        """A piece more of that note; whether it is understood by now, and was not before."""
        if note == 0 and self._pieces[1] >= LEAST_HIGH:
            self._pieces = [0] * NOTES
        self._pieces[note] += 1
        return sum(self._pieces) == LEAST_PIECES


class Pitches:
    """Understands the notes of one script: which turns they are, in the order in which they are heard.

    One may come in parts, each of which is a turn to the service, or drawn out, where the machine is too busy for the
    caller: it is understood once. One that is sent again is understood again.
    """

    def __init__(self, script: Script) -> None:
        self._turns = [*script.turns, LAST]
        self._heard = [Heard() for _ in self._turns]

    async def recognize(self, pcm: bytes) -> str:
        """The words of the turn, or turns."""
        samples = np.frombuffer(pcm, np.int16).astype(np.float64)
        notes = [
            note for start in range(0, len(samples) - PIECE, PIECE) for note in self._note(samples[start:][:PIECE])
        ]
        return " ".join(self._turns[place].words for place, note in notes if self._heard[place].understood(note))

    def _note(self, piece: npt.NDArray[np.float64]) -> Iterator[tuple[int, int]]:
        """Of which turn it is, and which of its notes."""
        if np.abs(piece).max() > caller.LOUD:
            loudest = int(np.abs(np.fft.rfft(piece)).argmax()) * RATE / len(piece)
            place, note = divmod(round((loudest - LOWEST_HERTZ) / STEP_HERTZ), NOTES)
            if 0 <= place < len(self._turns):
                yield place, note


class Mouth(caller.Mouth):
    """Speaks in the notes of the turn."""

    async def say(self, place: int) -> None:
        """The turn with that place in the script."""
        self._tone, self._high = map(self._tone_of, pitches_of(place))
        await self.speak(SPEAKING_SECONDS)

    def _spoke(self) -> None:
        super()._spoke()
        if self._left * self._frame <= SPEAKING_SECONDS / NOTES * caller.RATE:
            self._tone = self._high


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
            await person.mouth.say(turns.index(turn))

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
