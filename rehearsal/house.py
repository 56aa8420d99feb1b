"""Where scenarios are played: a line, its business, and what its calls run on."""

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from rehearsal.attentive import Attentive
from rehearsal.bad_line import BadLine
from rehearsal.call import CallOnTrial, HungError
from rehearsal.file import Play
from rehearsal.held import Held
from rehearsal.judge import Miss, judge
from rehearsal.letters import mailbox
from rehearsal.lines import Lines
from rehearsal.live import judge_live
from rehearsal.prepared import Prepared
from rehearsal.record import Record
from rehearsal.recorded import Results
from rehearsal.rooms import Rooms
from rehearsal.scenario import Person, Scenario
from rehearsal.speaker import Speaker
from rehearsal.typist import Typist
from rehearsal.way import Way
from simulator.mind import Mind
from simulator.options import Options
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.call.channel import WEB
from switchboard.conversation import Conversation
from switchboard.ledger.events import Event
from switchboard.ledger.prices import Prices
from switchboard.line.workflow import Workflow
from switchboard.operate.story import CallStory, story
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from switchboard.settings.schema import Settings
from tools import clock

AT_ONCE, SPOKEN_AT_ONCE, LIVE_AT_ONCE = 8, 2, 4
"""Calls. Those that are spoken take real time, and two of them the time of two cores; a real service limits rates."""
GONE = replace(WEB, comes_back=False)
"""Who hangs up here means it."""


@dataclass
class Verdict:
    """What came of a scenario in one call."""

    play: Play
    seed: int
    misses: Sequence[Miss] = ()
    events: Sequence[Event] = ()
    story: CallStory | None = None
    seconds: float = 0.0
    live: bool = False
    """A real service answered, which has no seed: it is a number then."""

    @property
    def which(self) -> str:
        """Which of the scenario's calls."""
        return f"call {self.seed + 1}" if self.live else f"seed {self.seed}"

    @property
    def passed(self) -> bool:
        """All that must hold does."""
        return not self.misses


@dataclass
class House:
    """Holds the calls of scenarios on one line, side by side, each with a business and a service of its own."""

    line: Workflow
    mind: Mind | None
    """Who answers, on a simulator; None: the service of the settings does."""
    prepared: Prepared
    settings: Settings
    prices: Prices
    rooms: Rooms | None = None
    """Where the callers speak; None: they type."""

    @property
    def live(self) -> bool:
        """Whether a real service answers."""
        return self.mind is None

    async def play_all(
        self, plays: Sequence[Play], seeds: Sequence[int], begins: Callable[[Play], None] = lambda _: None
    ) -> AsyncIterator[Verdict]:
        """Each scenario with each seed; what came of it as the calls end. `begins` is told of each that begins."""
        turns = asyncio.Semaphore(SPOKEN_AT_ONCE if self.rooms else LIVE_AT_ONCE if self.live else AT_ONCE)

        async def in_turn(play: Play, seed: int) -> Verdict:
            async with turns:
                begins(play)
                return await self.play(play, seed)

        calls = [asyncio.create_task(in_turn(play, seed)) for play in plays for seed in seeds]
        try:
            for call in asyncio.as_completed(calls):
                yield await call
        finally:
            for each in calls:
                each.cancel()

    async def play(self, play: Play, seed: int) -> Verdict:
        """One call, judged. The seed is of all dice."""
        began = time.monotonic()
        held = await self.hold(play, seed)
        judged = judge_live if self.live else judge
        misses = judged(play.scenario.holds, held, self.line.watched, self.prices)
        return Verdict(play, seed, misses, held.events, held.story, time.monotonic() - began, self.live)

    async def hold(self, play: Play, seed: int) -> Held:
        """One call."""
        scenario, books = play.scenario, self.prepared.books
        dice = zlib.crc32(f"{play.name}/{seed}".encode())
        clock.stop(self.prepared.now)
        record, lines, codes = Record(), Lines(scenario.caller), mailbox()
        held = Held()
        async with (
            self.prepared.copied() as database,
            self._way(scenario.caller, dice) as way,
            self._services(scenario, way, dice) as (services, told),
        ):
            await books.change(database, scenario.before)
            held.private = await self.prepared.private(database)
            results = Results(scenario.tools)
            conversation = Conversation(
                self.line,
                services,
                database,
                Caller(number=scenario.caller.number),
                prices=self.prices,
                typed=way.invitation is None,
                invitation=way.invitation,
                channel=GONE,
                listeners=(record.note, lambda event: call.note(event)),
                in_place_of=results.in_place_of,
            )
            call = CallOnTrial(conversation, way, lines, record, codes)
            async with conversation:
                try:
                    await call.hold()
                except HungError as hung:
                    held.hung = str(hung)
            held.events, held.unsaid, held.told = tuple(record.events), lines.unsaid, told
            held.missing = results.missing
            held.sound = way.sound
            held.story = await story(database, conversation.call.id, self.prices, {self.line.name: self.line.watched})
            held.rows = [await books.found(database, each) for each in scenario.holds.rows]
        return held

    @asynccontextmanager
    async def _services(
        self, scenario: Scenario, way: Way, dice: int
    ) -> AsyncIterator[tuple[Services, Mapping[str, str]]]:
        """Those of one call, and the instructions of each agent, as far as one can know what a service is told."""
        if self.mind is None:
            async with aclosing(Services(self.settings)) as services:
                yield services, {}
            return
        mind = Attentive(self.mind, way.understood)
        options = Options(seed=dice, faults=tuple(each.fault() for each in scenario.faults))
        async with (
            Simulator(mind, options) as simulator,
            aclosing(Services(with_simulator(self.settings, simulator.url))) as services,
        ):
            yield services, mind.told

    @asynccontextmanager
    async def _way(self, person: Person, dice: int) -> AsyncIterator[Way]:
        if self.rooms is None:
            async with aclosing(Typist()) as typist:
                yield typist
            return
        bad = person.noise or person.loses
        line = await asyncio.to_thread(BadLine, person.noise, person.loses, dice) if bad else None
        async with (
            self.rooms.entered(person.number) as (room, invitation),
            aclosing(Speaker(room, invitation, line)) as speaker,
        ):
            await speaker.publish()
            yield speaker
