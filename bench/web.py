"""What a caller waits for, ours beside a stock agent: the first word, an answer, and silence when they interrupt.

Real participants call through a real LiveKit server; all times are taken from the audio that they hear and send.
`--help` tells the options.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import aiohttp
from livekit import api, rtc

from bench.caller import Caller, CallFailedError
from bench.command import run
from bench.entry import new_call, our_token, stock_token
from bench.figures import Figures, bar, positive, table
from bench.rounds import progress, take_warm_rounds
from bench.stack import Stack, running
from switchboard.http.rooms import CallRoom, Rooms

Measure = Literal["join_ms", "stop_to_audio_ms", "barge_in_ms"]

CONNECT_DELAY = 400
"""Of the slow simulator, in milliseconds."""
MOST_OF_STOCK_JOIN = 0.3
LEAST_SAVED_ANSWERING = 40.0
MOST_OF_STOCK_BARGE_IN = 0.8

PATIENCE = 10.0
"""For what has to be heard, in seconds."""
SETTLED = 10.0
"""For a call's end to be through, in seconds."""
EARLY = 0.5
"""When the first interruption comes after the first audio: in the first second of the greeting."""
LATE = 3.8
"""When the measured interruption comes: the stock agent is deaf to the first 3 s of its speech."""
SPOKEN = 0.6
"""How long the caller speaks."""
AT_ONCE = 1.0
"""An agent that is not silent after this many seconds was not interrupted."""


@dataclass(frozen=True)
class Condition:
    """A kind of call. `name` is the JSON's; `then` is what happens after the first audio."""

    name: str
    gap: int | None
    """Milliseconds from asking for the call to connecting; None: a stock call, dispatched by the caller's own join."""
    connect_delay: int = 0
    then: Literal["hang up", "interrupt early", "talk"] = "hang up"


CONDITIONS = (
    Condition("ours_0", 0),
    Condition("ours_300", 300, then="interrupt early"),
    Condition("ours_1000", 1000, then="talk"),
    Condition(f"ours_1000_delay_{CONNECT_DELAY}", 1000, CONNECT_DELAY),
    Condition("stock", None, then="talk"),
    Condition(f"stock_delay_{CONNECT_DELAY}", None, CONNECT_DELAY, then="interrupt early"),
)
TURNS: dict[Measure, str] = {
    "stop_to_audio_ms": "stops speaking -> hears an answer (500 ms of silence included)",
    "barge_in_ms": "speaks over the agent -> hears silence",
}


@dataclass
class WebFigures(Figures[tuple[Measure, str]]):
    """By measure and name: of the condition for joining, "ours" or "stock" for the others."""

    early: dict[str, list[bool]] = field(default_factory=lambda: {"ours": [], "stock": []})
    """Whether an interruption in the first second of the greeting worked."""


# -- one call ----------------------------------------------------------------------------------------------------------


class Bench:
    """Makes calls, one after the other, between `async with`."""

    def __init__(self, stack: Stack, figures: WebFigures) -> None:
        self._stack = stack
        self.figures = figures
        self._simulators: dict[int, str] = {}
        self._rooms: dict[int, Rooms] = {}
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> "Bench":
        self._api = self._stack.api()
        self._resources.push_async_callback(self._api.aclose)
        self._http = await self._resources.enter_async_context(aiohttp.ClientSession())
        await self._stack.stock("stock")
        for delay in (0, CONNECT_DELAY):
            self._simulators[delay] = await self._stack.simulator(f"simulator-{delay}", delay)
            await self._stack.ours(f"ours-{delay}", self._simulators[delay])
            self._rooms[delay] = await self._resources.enter_async_context(self._stack.rooms(f"ours-{delay}"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    async def call(self, condition: Condition) -> None:
        """One call, with all that is measured in it. Raises `CallFailedError`."""
        room = new_call()
        async with self._in_room(condition, room) as caller:
            who = "stock" if condition.gap is None else "ours"
            first = await caller.hears(PATIENCE)
            self.figures.add(("join_ms", condition.name), first - caller.asked_at)
            if condition.then == "interrupt early":
                self.figures.early[who].append(await interrupt_early(caller, first))
            if condition.then == "talk":
                self.figures.add(("barge_in_ms", who), await interrupt(caller, first))
                self.figures.add(("stop_to_audio_ms", who), await talk(caller))

    @asynccontextmanager
    async def _in_room(self, condition: Condition, room: CallRoom) -> AsyncIterator[Caller]:
        caller = Caller()
        try:
            token = await self._token(condition, room)
            await caller.connect(self._stack.url, token)
            yield caller
        except (rtc.ConnectError, api.TwirpError) as error:
            raise CallFailedError(f"LiveKit refused: {error}") from error
        finally:
            await caller.hang_up()
            await self._rooms[0].end(room.name)
            await self._settle()

    async def _token(self, condition: Condition, room: CallRoom) -> str:
        """Ask for the call, and wait until it is time to connect."""
        if condition.gap is None:
            return stock_token(self._stack, room, self._simulators[condition.connect_delay])
        asked = time.perf_counter()
        delay = condition.connect_delay
        token = await our_token(self._stack, room, f"ours-{delay}", self._rooms[delay])
        await asyncio.sleep(max(0.0, asked + condition.gap / 1000 - time.perf_counter()))
        return token

    async def _settle(self) -> None:
        """Wait until the agent is gone: what it does at the end of a call is not part of the next one."""
        give_up = time.perf_counter() + SETTLED
        for simulator in self._simulators.values():
            while await self._open(simulator):
                if time.perf_counter() > give_up:
                    raise CallFailedError(f"the agent still held its connection after {SETTLED:g} s")
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # the worker gets the next job ready

    async def _open(self, simulator: str) -> int:
        async with self._http.get(f"{simulator}/health") as answer:
            return int((await answer.json())["open"])


async def interrupt_early(caller: Caller, first: float) -> bool:
    """Whether the agent lets itself be interrupted in the first second."""
    await _wait_till(first + EARLY)
    began = await caller.mouth.begin(SPOKEN)
    await _wait_till(began + AT_ONCE)
    return caller.ear.last is not None and caller.ear.silent


async def interrupt(caller: Caller, first: float) -> float:
    """Seconds from the caller's first sound, in the middle of the greeting, to the agent's last."""
    await _wait_till(first + LATE + any_phase())
    if caller.ear.silent:
        raise CallFailedError("the greeting broke off")
    began = await caller.mouth.begin(SPOKEN)
    await caller.until(lambda: caller.ear.silent, AT_ONCE, "the agent was not silent")
    assert caller.ear.last is not None
    return caller.ear.last - began


async def talk(caller: Caller) -> float:
    """Seconds from the caller's last sound, in a silence, to the agent's first. The VAD's silence is part of it."""
    before = caller.ear.last or 0.0
    await caller.until(lambda: (caller.ear.last or 0.0) > before, PATIENCE, "the interruption was not answered")
    await caller.until(lambda: caller.ear.silent, PATIENCE, "the answer did not end")
    await asyncio.sleep(any_phase())
    ended = await caller.mouth.speak(SPOKEN)
    await caller.until(lambda: (caller.ear.began or 0.0) > ended, PATIENCE, "no answer was heard")
    assert caller.ear.began is not None
    return caller.ear.began - ended


def any_phase() -> float:
    """Some of 100 ms: an agent that collects audio in chunks has to be spoken to at any moment of a chunk."""
    return random.uniform(0, 0.1)


async def _wait_till(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


# -- all calls ---------------------------------------------------------------------------------------------------------


async def measure(folder: Path, calls: int) -> WebFigures:
    """`calls` in every condition. Raises `LocalError` when something does not start or ends by itself."""
    figures = WebFigures()
    async with running(folder, progress) as stack, Bench(stack, WebFigures()) as bench:
        await take_warm_rounds(bench, CONDITIONS, calls, figures)
    return figures


# -- what came of it ---------------------------------------------------------------------------------------------------


def report(figures: WebFigures) -> str:
    """The tables for people, and whether the bars hold."""
    joins = [_row(figures, "join_ms", condition.name, condition.name) for condition in CONDITIONS]
    turns = [
        _row(figures, measure, who, f"{what}, {who}") for measure, what in TURNS.items() for who in ("ours", "stock")
    ]
    heads = ["p50", "p95", "x stock", "calls"]
    tables = [table(["caller connects -> hears the agent, ms", *heads], joins), table(["caller, ms", *heads], turns)]
    return "\n\n".join([*tables, "\n".join(bars(figures))])


def _row(figures: WebFigures, measure: Measure, name: str, shown: str) -> list[str]:
    median, most = figures.at((measure, name)), figures.at((measure, name), 95)
    ratio = median / figures.at((measure, "stock"))
    return [shown, f"{median:.0f}", f"{most:.0f}", f"{ratio:.2f}", str(len(figures.of.get((measure, name), ())))]


def bars(figures: WebFigures) -> list[str]:
    """A line for each bar: what was asked, what was found, whether it holds."""
    stock = figures.at(("join_ms", "stock"))
    saved = figures.at(("stop_to_audio_ms", "stock")) - figures.at(("stop_to_audio_ms", "ours"))
    barge_in = figures.at(("barge_in_ms", "ours")) / figures.at(("barge_in_ms", "stock"))
    early, deaf = figures.early["ours"], figures.early["stock"]
    lines = [
        bar(f"joining {gap}: p50 at most {most} x stock", ratio, ratio <= most)
        for gap, most in (
            ("ours_1000", MOST_OF_STOCK_JOIN),
            (f"ours_1000_delay_{CONNECT_DELAY}", MOST_OF_STOCK_JOIN),
            ("ours_300", 1),
        )
        for ratio in [figures.at(("join_ms", gap)) / stock]
    ]
    asked = f"stop to audio: p50 at least {LEAST_SAVED_ANSWERING:.0f} ms below stock"
    lines.append(bar(asked, saved, saved >= LEAST_SAVED_ANSWERING))
    asked = f"barge-in: p50 at most {MOST_OF_STOCK_BARGE_IN} x stock"
    lines.append(bar(asked, barge_in, barge_in <= MOST_OF_STOCK_BARGE_IN))
    found = f"{sum(early)} of {len(early)} (stock: {sum(deaf)} of {len(deaf)})"
    lines.append(bar("barge-in works in the first second of the greeting", found, bool(early) and all(early)))
    return lines


def as_json(figures: WebFigures) -> str:
    """One object: measure, name, p50 and p95; null where every call failed."""
    told: dict[Measure, list[str]] = {
        "join_ms": [each.name for each in CONDITIONS if not each.name.startswith("stock_")],
        "stop_to_audio_ms": ["ours", "stock"],
        "barge_in_ms": ["ours", "stock"],
    }
    return json.dumps(
        {measure: {name: figures.both((measure, name)) for name in names} for measure, names in told.items()}
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a call failed."""
    parser = argparse.ArgumentParser(prog="bench.web", description="What a caller waits for, beside a stock agent.")
    parser.add_argument("--calls", type=positive, default=50, metavar="N", help="in every condition (default: 50)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # its native part complains of callers who hang up
    return run("web", lambda folder: measure(folder, options.calls), report, as_json if options.json else None)


if __name__ == "__main__":
    sys.exit(main())
