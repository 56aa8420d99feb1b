"""One call under faults, and what was wrong with it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from livekit.agents.voice.io import TextOutput

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

PATIENCE = 20.0
"""Whoever waits for longer waits in vain."""
LAST = Turn("ask", "last", "", None)
READS = ("find", "search", "open_ticket")

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
        self._more.set()

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        """Those of one kind."""
        return [event for event in self._events if isinstance(event, kind)]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for it. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not happened():
                self._more.clear()
                await self._more.wait()


class CallUnderFaults:
    """A caller who plays a script."""

    def __init__(self, script: Script, events: Events, silence: Silence, say: Callable[[str], Any]) -> None:
        self._script = script
        self._events = events
        self._silence = silence
        self._say = say
        self._open: list[str] = []
        """What is not answered yet, by its tag."""

    async def play(self) -> None:
        """Say everything, and wait until all is answered. Raises HungError."""
        for turn in self._script.turns:
            await self._take(turn)
        await self._all_answered()

    async def last(self) -> None:
        """Say one thing more, when nothing goes wrong any longer. Raises HungError."""
        await self._take(LAST)
        await self._all_answered()

    async def _take(self, turn: Turn) -> None:
        if turn.wait is None:
            await self._all_answered()
        else:
            await asyncio.sleep(turn.wait)
        self._open.append(turn.tag)
        self._say(turn.words)
        self._silence.due()

    async def _all_answered(self) -> None:
        try:
            await self._events.until(lambda: not self._unanswered() or bool(self._events.of(Ended)))
        except TimeoutError:
            raise HungError(f"nobody answered {', '.join(self._unanswered())}") from None
        if ended := self._events.of(Ended):
            raise HungError(f"the call has ended ({ended[0].reason}), and {', '.join(self._unanswered())} is open")
        self._silence.over()
        self._open.clear()

    def _unanswered(self) -> list[str]:
        spoke = self._events.of(AgentSpoke)
        heard = " ".join(each.text.strip() for each in spoke)
        interrupted = " ".join(each.text for each in spoke if each.interrupted)
        return [tag for tag in self._open if not ends(heard, tag) and not mentions(interrupted, tag)]


async def typed_call(script: Script, settings: Settings, database: Database, clock: Clock) -> Outcome:
    """Play the script, typed, and judge it."""
    outcome, mind, events, silence = Outcome(script), Teller(), Events(), Silence(clock)
    options = Options(seed=script.number, faults=tuple(script.faults), **script.options)  # type: ignore[arg-type]
    async with Simulator(mind, options) as simulator:
        services = Services(with_simulator(settings, simulator.url))
        conversation = Conversation(LINE, services, database, Caller(), typed=True, listeners=(events.note,))
        async with conversation:
            conversation.session.output.transcription = Page(silence.heard)
            typed = Typed(conversation.session, conversation.call.departure)
            answering = asyncio.create_task(typed.answer())
            try:
                await conversation.start()
                await _play(CallUnderFaults(script, events, silence, typed.put), simulator, outcome)
            except HungError as hung:
                outcome.hangs.append(str(hung))
            finally:
                answering.cancel()
        if simulator.open:
            outcome.leaks.append(f"{simulator.open} sockets are open after the call")
    outcome.silence, outcome.events = silence.longest, tuple(events)
    _judge(outcome, mind, events, conversation.call.state.tickets)
    return outcome


async def _play(call: CallUnderFaults, simulator: Simulator, outcome: Outcome) -> None:
    try:
        await call.play()
    finally:
        outcome.struck = len(outcome.script.faults) - len(simulator.faults.armed)
        simulator.faults.clear()
    await call.last()


def _judge(outcome: Outcome, mind: Teller, events: Events, tickets: list[str]) -> None:
    """What was lost, done twice or never said. A call that hung is judged as far as it came."""
    lines = [turn.words for turn in (*outcome.script.turns, LAST)]
    told = Counter(spoke.text for spoke in events.of(CallerSpoke))
    known = Counter(item.text for item in mind.requests[-1].items if item.role == "user")
    if not outcome.hangs:
        outcome.lost += [f"{line!r} stands in the ledger {told[line]} times" for line in lines if told[line] != 1]
        outcome.lost += [f"{line!r} stands in the context {known[line]} times" for line in lines if known[line] != 1]
    outcome.duplicates += [f"{about} was written {times} times" for about, times in Counter(tickets).items() if times > 1]
    heard = " ".join(spoke.text for spoke in events.of(AgentSpoke))
    results = [back for back in events.of(ToolReturned) if back.tool in READS]
    tags = {call.call_id: call.arguments["thing"] for call in events.of(ToolCalled) if call.tool in READS}
    outcome.unspoken += [
        f"the result of {back.tool} for {tags[back.call_id]} was not said"
        for back in results
        if not mentions(heard, tags[back.call_id])
    ]
