"""The cost of a handoff, ours beside the stock ways: from the tool's result to the next agent's `response.create`.

Both are taken where the simulator receives them. `--help` tells the options.
"""

import argparse
import asyncio
import json
import logging
import math
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit.agents import AgentSession

from app.costs import prices_of
from bench import stock
from bench.call import HANDOFFS, Clerk, Turn, turns
from bench.figures import Figures, bar, positive, table
from bench.rounds import progress
from bench.team import LINE
from simulator.options import Options
from simulator.record import Frame
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import HandoffDone
from switchboard.ledger.timeline import timeline
from switchboard.logs import configure
from switchboard.migrations import upgrade
from switchboard.services.providers import Services
from switchboard.settings.environment import load_settings, with_simulator
from switchboard.settings.process import shield_environment
from switchboard.settings.schema import Settings

ROUND_TRIPS = (0, 40)
"""Of the network, in milliseconds."""
MOST_OF_SHARED = 1.3
MOST_OF_OWN = 0.1
PATIENCE = 30.0
"""For one turn, in seconds."""
SETTLED = 5.0
"""For sockets to close, in seconds."""

OpenCall = Callable[[str], AbstractAsyncContextManager[AgentSession[Any]]]
"""Answers a call on the Azure endpoint of that address."""


class HandoffFailedError(Exception):
    """What was measured was not a handoff."""


@dataclass(frozen=True)
class Way:
    """One way to hand over."""

    name: str
    open: OpenCall
    connect_ms: int = 0
    keeps_socket: bool = False


@dataclass(frozen=True)
class Condition:
    """A way at a network round trip in milliseconds."""

    way: Way
    rtt: int

    def __str__(self) -> str:
        return f"{self.way.name} at a round trip of {self.rtt} ms"


class HandoffFigures(Figures[tuple[int, str]]):
    """By round trip and name of the way."""

    def trips(self, name: str) -> float:
        """How many round trips the median waits for."""
        near, far = ROUND_TRIPS
        return (self.at((far, name)) - self.at((near, name))) / (far - near)


class Ours:
    """Opens our calls, with the ledger in `database`."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[AgentSession[Any]]:
        """A call on the simulator at `url`. Raises `HandoffFailedError` if the ledger knows of a socket not kept."""
        services = Services(with_simulator(self._settings, url))
        prices = prices_of(self._settings)
        async with Conversation(LINE, services, self._database, Caller(), prices=prices, typed=True) as conversation:
            await conversation.start()
            yield conversation.session
        events = await timeline(self._database, conversation.call.id)
        done = [event for event in events if isinstance(event, HandoffDone)]
        if not done or not all(each.socket_kept for each in done):
            raise HandoffFailedError(f"the ledger has {len(done)} handoffs, and not each kept the socket")


def ways(ours: Ours) -> tuple[Way, ...]:
    """All that is compared."""
    own = (Way(f"own_{delay}", stock.model_per_agent, delay) for delay in (0, 150, 400))
    return (
        Way("ours", ours.open, keeps_socket=True),
        Way("shared", stock.shared_model, keeps_socket=True),
        *own,
    )


# -- one call ----------------------------------------------------------------------------------------------------------


async def measure_call(condition: Condition, script: Sequence[Turn]) -> list[float]:
    """The milliseconds of each handoff in one call. Raises `HandoffFailedError` when one went wrong."""
    options = Options(connect_delay=condition.way.connect_ms / 1000, round_trip=condition.rtt / 1000)
    async with Simulator(Clerk(), options) as simulator, condition.way.open(simulator.url) as session:
        await simulator.wait_for(lambda: simulator.received("response.create"), PATIENCE)
        await session.wait_for_idle()
        took = [await measure_turn(simulator, session, turn) for turn in script]
        handoffs = [milliseconds for milliseconds in took if milliseconds is not None]
        await _check_sockets(simulator, 1 if condition.way.keeps_socket else 1 + len(handoffs))
    if simulator.errors:
        raise HandoffFailedError(f"the simulator refused something: {simulator.errors[0].error.get('message')}")
    return handoffs


async def measure_turn(simulator: Simulator, session: AgentSession[Any], turn: Turn) -> float | None:
    """Type the turn and wait until all that follows has happened; the milliseconds of its handoff, if it has one."""
    before = len(simulator.frames)
    async with asyncio.timeout(PATIENCE):
        await session.run(user_input=turn.words)
        await session.wait_for_idle()
    if turn.target is None:
        return None
    if session.current_agent.id != turn.target:
        raise HandoffFailedError(f"{session.current_agent.id} has the caller instead of {turn.target}")
    return handoff_ms(list(simulator.frames)[before:], turn.target)


def handoff_ms(frames: Sequence[Frame], target: str) -> float:
    """From the transfer's result to the request that makes `target` speak. Raises `HandoffFailedError`."""
    received = iter(frames)
    told = next((frame for frame in received if _is_tool_result(frame)), None)
    asked = next((frame for frame in received if frame.event["type"] == "response.create"), None)
    if told is None or asked is None:
        missing = "result of the transfer" if told is None else "response.create after the transfer"
        raise HandoffFailedError(f"no {missing} came to the simulator")
    if f"You are `{target}`" not in str(asked.event["response"].get("instructions")):
        raise HandoffFailedError(f"the next response.create is not in the name of {target}")
    return (asked.time - told.time) * 1000


def _is_tool_result(frame: Frame) -> bool:
    created = frame.event["item"] if frame.event["type"] == "conversation.item.create" else {}
    return created.get("type") == "function_call_output"


async def _check_sockets(simulator: Simulator, expected: int) -> None:
    if simulator.opened != expected:
        raise HandoffFailedError(f"{simulator.opened} sockets were opened instead of {expected}")
    try:
        await simulator.wait_for(lambda: simulator.open == 1, SETTLED)
    except TimeoutError:
        raise HandoffFailedError(f"{simulator.open} sockets are open at the end of the call") from None


# -- all calls ---------------------------------------------------------------------------------------------------------


def rounds(compared: Sequence[Way], handoffs: int) -> Iterator[tuple[Condition, tuple[Turn, ...]]]:
    """Every call to make, in order: each round makes one of every condition and begins with another way."""
    for number in range(math.ceil(handoffs / HANDOFFS)):
        script = turns(min(HANDOFFS, handoffs - number * HANDOFFS))
        first = number % len(compared)
        for way in (*compared[first:], *compared[:first]):
            for rtt in ROUND_TRIPS:
                yield Condition(way, rtt), script


async def measure(settings: Settings, database_url: str, handoffs: int) -> HandoffFigures:
    """`handoffs` in every condition. Raises `HandoffFailedError` at the first that fails."""
    database = Database(database_url)
    compared = ways(Ours(settings, database))
    figures = HandoffFigures()
    calls = list(rounds(compared, handoffs))
    for way in compared:
        await _attempt(Condition(way, 0), turns(1))  # what a process does once is not part of a handoff
    for number, (condition, script) in enumerate(calls):
        progress(f"call {number + 1} of {len(calls)}: {condition}")
        took = await _attempt(condition, script)
        figures.add((condition.rtt, condition.way.name), *(ms / 1000 for ms in took))
    progress("")
    await database.aclose()
    return figures


async def _attempt(condition: Condition, script: Sequence[Turn]) -> list[float]:
    try:
        return await measure_call(condition, script)
    except (HandoffFailedError, TimeoutError) as error:
        raise HandoffFailedError(f"{condition}: {error or 'a turn did not end in time'}") from error


# -- what came of it ---------------------------------------------------------------------------------------------------


def report(figures: HandoffFigures) -> str:
    """The table for people, and whether the bars hold."""
    handoffs = len(next(iter(figures.of.values())))
    heads = [f"ms, {handoffs} handoffs"]
    for rtt in ROUND_TRIPS:
        heads += [f"p50, rtt {rtt}", f"p95, rtt {rtt}", "x shared", "x own_150"]
    rows = [_row(figures, name) for name in dict.fromkeys(name for _, name in figures.of)]
    return "\n".join([table([*heads, "round trips"], rows), "", *bars(figures)])


def _row(figures: HandoffFigures, name: str) -> list[str]:
    cells = [name]
    for rtt in ROUND_TRIPS:
        median = figures.at((rtt, name))
        cells += [f"{median:.1f}", f"{figures.at((rtt, name), 95):.1f}"]
        cells += [f"{median / figures.at((rtt, other)):.2f}" for other in ("shared", "own_150")]
    return [*cells, f"{figures.trips(name):.1f}"]


def bars(figures: HandoffFigures) -> list[str]:
    """A line for each bar: what was asked, what was found, whether it holds."""
    lines = []
    for rtt in ROUND_TRIPS:
        ratio = figures.at((rtt, "ours")) / figures.at((rtt, "shared"))
        lines.append(bar(f"p50 at most {MOST_OF_SHARED} x shared, round trip {rtt} ms", ratio, ratio <= MOST_OF_SHARED))
    trips, shared = figures.trips("ours"), figures.trips("shared")
    lines.append(bar(f"no more round trips than shared ({shared:.2f})", trips, round(trips) <= round(shared)))
    for rtt in ROUND_TRIPS:
        ratio = figures.at((rtt, "ours")) / figures.at((rtt, "own_150"))
        lines.append(bar(f"p50 at most {MOST_OF_OWN} x own_150, round trip {rtt} ms", ratio, ratio <= MOST_OF_OWN))
    return lines


def as_json(figures: HandoffFigures) -> str:
    """One object: round trip, way, p50 and p95."""
    found: dict[str, dict[str, dict[str, float]]] = {f"rtt_{rtt}": {} for rtt in ROUND_TRIPS}
    for rtt, name in figures.of:
        p50, p95 = figures.at((rtt, name)), figures.at((rtt, name), 95)
        found[f"rtt_{rtt}"][name] = {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2)}
    return json.dumps(found)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.handoff", description="What a handoff costs, beside the stock ways.")
    parser.add_argument("--handoffs", type=positive, default=200, metavar="N", help="in every condition (default: 200)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a handoff failed."""
    options = _options(arguments)
    settings = load_settings(None, {"REALTIME_PROVIDER": "simulator"})
    shield_environment(settings)
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite:///{folder}/switchboard.db"
        upgrade(database_url)
        configure(settings.log, Path(folder, "log"))  # every way logs as it does in production, out of sight
        try:
            figures = asyncio.run(measure(settings, database_url, options.handoffs))
        except HandoffFailedError as failed:
            progress("")
            print(f"A handoff failed, so there are no figures. {failed}", file=sys.stderr)
            return 1
        finally:
            logging.shutdown()
    print(report(figures))
    if options.json:
        print(as_json(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
