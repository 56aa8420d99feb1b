"""One call under faults, and what was wrong with it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from livekit.agents.voice.io import TextOutput

from app.costs import prices_of
from bench.chaos_line import LINE
from bench.chaos_mind import Teller, ends, mentions
from bench.chaos_script import Script, Turn
from bench.silence import Clock, Silence
from simulator.options import Options
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.call.typed import Typed
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Event, ToolCalled, ToolReturned
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from switchboard.settings.schema import Settings

PATIENCE, LONGEST_WAIT = 20.0, 120.0
"""Whoever waits in vain has heard of nothing for so long, or only of other things. A long answer is no such wait."""
LAST = Turn("ask", "last", "", None)
SETTLING_SECONDS = 5.0
TOOLS = ("find", "search", "open_ticket")

Wanted = TypeVar("Wanted")


@dataclass
class Outcome:
    """What came of one call."""

    script: Script
    struck: int = 0
    """Faults that there were."""
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    silence: float = 0.0
    events: Sequence[Event] = ()

    @property
    def wrong(self) -> list[str]:
        """All that is wrong with it."""
        return [*self.hangs, *self.lost, *self.duplicates, *self.unspoken, *self.leaks]


class HungError(Exception):
    """Somebody waited in vain."""


class Page(TextOutput):
    """Where a caller reads what the agents say."""

    def __init__(self, read: Callable[[], None]) -> None:
        super().__init__(label="page", next_in_chain=None)
        self._read = read

    async def capture_text(self, text: str) -> None:
        """A piece of a sentence."""
        if text.strip():
            self._read()

    def flush(self) -> None:
        """A sentence ends."""


class Events:
    """What the ledger tells."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._more = asyncio.Event()

    def note(self, event: Event) -> None:
        """A listener of the ledger."""
        self._events.append(event)
        self.stir()

    def stir(self) -> None:
        """The caller hears something, which stands in the ledger when all of it was said."""
        self._more.set()

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        """Those of one kind."""
        return [event for event in self._events if isinstance(event, kind)]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for it. Raises TimeoutError."""
        async with asyncio.timeout(LONGEST_WAIT):
            while not happened():
                self._more.clear()
                async with asyncio.timeout(PATIENCE):
                    await self._more.wait()


class CallUnderFaults:
    """A caller who plays a script; `say` returns when they have said it."""

    def __init__(
        self, script: Script, events: Events, silence: Silence, say: Callable[[Turn], Awaitable[None]]
    ) -> None:
        self._script = script
        self._events = events
        self._silence = silence
        self._say = say
        self._said: list[str] = []
        """By their tags."""

    async def play(self) -> None:
        """Say everything, and wait for the answer to what was said last. Raises HungError."""
        for turn in self._script.turns:
            await self._take(turn)
        await self._hears(self._said[-1:])

    async def last(self) -> None:
        """Say one thing more, when nothing goes wrong any longer: all is answered then. Raises HungError."""
        await self._take(LAST)
        await self._hears(self._said)

    async def _take(self, turn: Turn) -> None:
        if turn.wait is None:
            await self._hears(self._said[-1:])
        else:
            await asyncio.sleep(turn.wait)
        await self._say(turn)
        self._said.append(turn.tag)
        self._silence.due()

    async def _hears(self, tags: Sequence[str]) -> None:
        try:
            await self._events.until(lambda: not self._unanswered(tags) or bool(self._events.of(Ended)))
        except TimeoutError:
            raise HungError(f"nobody answered {', '.join(self._unanswered(tags))}") from None
        if ended := self._events.of(Ended):
            raise HungError(f"the call has ended: {ended[0].reason}")
        self._silence.over()

    def _unanswered(self, tags: Sequence[str]) -> list[str]:
        """Those of which neither all was heard, nor a beginning that the caller interrupted."""
        spoke = self._events.of(AgentSpoke)
        heard = " ".join(each.text.strip() for each in spoke)
        interrupted = " ".join(each.text for each in spoke if each.interrupted)
        return [tag for tag in tags if not ends(heard, tag) and not mentions(interrupted, tag)]


@dataclass
class Made:
    """A call that is being made."""

    conversation: Conversation
    simulator: Simulator
    mind: Teller
    events: Events
    silence: Silence


async def typed_call(script: Script, settings: Settings, database: Database, clock: Clock) -> Outcome:
    """Play the script, typed, and judge it."""
    mind, events = Teller(), Events()
    silence = Silence(clock, events.stir)
    async with Simulator(mind, options_of(script)) as simulator:
        services = Services(with_simulator(settings, simulator.url))
        conversation = Conversation(
            LINE, services, database, Caller(), prices=prices_of(settings), typed=True, listeners=(events.note,)
        )
        made = Made(conversation, simulator, mind, events, silence)
        async with conversation:
            conversation.session.output.transcription = Page(silence.heard)
            typed = Typed(conversation.session, conversation.call)

            async def put(turn: Turn) -> None:
                typed.put(turn.words)

            answering = asyncio.create_task(typed.answer())
            await conversation.start()
            outcome = await play(script, made, put)
            answering.cancel()
        await note_sockets(made, outcome)
    return judge(made, outcome)


def options_of(script: Script) -> Options:
    """The simulator's in that call."""
    return Options(seed=script.number, faults=tuple(script.faults), detector="energy", **script.options)  # type: ignore[arg-type]


async def play(script: Script, made: Made, say: Callable[[Turn], Awaitable[None]]) -> Outcome:
    """With everything that goes wrong, and then one thing more without."""
    outcome, call = Outcome(script), CallUnderFaults(script, made.events, made.silence, say)
    faults = made.simulator.faults
    try:
        await call.play()
        outcome.struck = len(script.faults) - len(faults.armed)
        faults.clear()
        await call.last()
    except HungError as hung:
        outcome.struck = outcome.struck or len(script.faults) - len(faults.armed)
        outcome.hangs.append(str(hung))
    return outcome


async def note_sockets(made: Made, outcome: Outcome) -> None:
    """Those that a call which is over has left open."""
    try:
        await made.simulator.wait_for(lambda: not made.simulator.open, SETTLING_SECONDS)
    except TimeoutError:
        outcome.leaks.append(f"{made.simulator.open} sockets are open after the call")


def judge(made: Made, outcome: Outcome) -> Outcome:
    """What was lost, done twice or never said. A call that hung has lost what it lost by that."""
    outcome.silence, outcome.events = made.silence.longest, tuple(made.events)
    if not outcome.hangs:
        outcome.lost += _lost(made, [turn.words for turn in (*outcome.script.turns, LAST)])
    written = Counter(made.conversation.call.state.tickets)
    outcome.duplicates += [f"{about} was written {times} times" for about, times in written.items() if times > 1]
    outcome.unspoken += _unspoken(made.events)
    return outcome


def _lost(made: Made, lines: Sequence[str]) -> list[str]:
    """Lines that stand in the ledger, or in what the model knows, never or twice."""
    told = " ".join(spoke.text for spoke in made.events.of(CallerSpoke))
    known = " ".join(item.text for item in made.mind.requests[-1].items if item.role == "user")
    places = {"ledger": told, "model's conversation": known}
    return [
        f"{line!r} stands in the {place} {words.count(line)} times"
        for place, words in places.items()
        for line in lines
        if words.count(line) != 1
    ]


def _unspoken(events: Events) -> list[str]:
    """What tools brought and nobody said."""
    heard = " ".join(spoke.text for spoke in events.of(AgentSpoke))
    things = {call.call_id: call.arguments["thing"] for call in events.of(ToolCalled) if call.tool in TOOLS}
    brought = [things[back.call_id] for back in events.of(ToolReturned) if back.call_id in things]
    return [f"what was found of {thing} was not said" for thing in brought if not mentions(heard, thing)]
