"""What a handoff costs a caller in silence, by web and by phone: taken from the sound that they hear.

A caller speaks three times. The first turn is answered, the second makes the agent hand them over without a word, at
the third it says so first. The service takes `FIRST_AUDIO` from a request to the first word, or call of a tool.
`--help` tells the options.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from livekit import api, rtc

from bench.caller import Caller, CallFailedError, Ear
from bench.command import run
from bench.entry import new_call, our_token
from bench.figures import Figures, bar, positive, table
from bench.phone import Condition, connect
from bench.recording import FRAME, PHONE_RATE, Said, Tone, loud_frames, record, recorded
from bench.rounds import progress, take_warm_rounds
from bench.softphone import PROGRAM, softphone
from bench.stack import Stack, running_with_phones

Measure = Literal["answered", "wordless", "announced"]
Handoff = Literal["wordless", "announced"]

FIRST_AUDIO = 0.3
"""Of the service, in seconds."""
MOST = 50.0
"""Above it, in milliseconds."""
OURS = Condition("ours", round(FIRST_AUDIO * 1000), "+15550100")
AGENT = f"ours-{OURS.first_audio}"
SPOKEN = 0.6
"""How long a turn of the caller is, in seconds, and how long they wait before it: longer than any answer takes."""
WAITED = 5.0
TURNS = 3
PATIENCE = 10.0
QUIET = 0.2
"""So long without sound, in seconds, is the end of what an agent says."""
SHOWN: dict[Handoff, str] = {
    "wordless": "without a word: the caller waits longer than for an answer, less the service's first audio",
    "announced": "after a word: the agent's last sound -> the next one's first, less the service's first audio",
}


@dataclass(frozen=True)
class Way:
    """How a caller calls."""

    name: Literal["web", "phone"]


WEB, PHONE = Way("web"), Way("phone")
WAYS = (WEB, PHONE)


class GapFigures(Figures[tuple[Measure, Way]]):
    """By measure and way, as heard."""

    def above(self, handoff: Handoff, way: Way, percent: float) -> float:
        """Of the silence of a handoff what is above the service's own time, in milliseconds."""
        answer = self.at(("answered", way), percent) if handoff == "wordless" else 0.0
        return self.at((handoff, way), percent) - answer - FIRST_AUDIO * 1000


@dataclass
class Listening(Ear):
    """An ear that keeps when each loud frame came."""

    frames: list[float] = field(default_factory=list)

    def hear(self, frame: rtc.AudioFrame) -> None:
        """Take in a frame."""
        super().hear(frame)
        if self.last is not None and (not self.frames or self.last > self.frames[-1]):
            self.frames.append(self.last)


class ListeningCaller(Caller):
    """A caller with such an ear."""

    def __init__(self) -> None:
        super().__init__()
        self.ear: Listening = Listening()


def gaps(spoken: Sequence[float], heard: Sequence[float]) -> dict[Measure, float]:
    """What a call tells, in seconds: from when each turn of the caller ended, and when something was heard.

    Raises `CallFailedError` where a turn was not answered.
    """
    waits = []
    for ended, following in zip(spoken, (*spoken[1:], float("inf")), strict=True):
        answer = [moment for moment in heard if ended < moment < following]
        if not answer:
            raise CallFailedError("a turn was not answered")
        waits.append(answer[0] - ended)
    between = max((later - earlier for earlier, later in pairwise(answer)), default=0.0)
    return {"answered": waits[0], "wordless": waits[1], "announced": between}


# -- one call ----------------------------------------------------------------------------------------------------------


class Bench:
    """Makes calls, one after the other, between `async with`."""

    def __init__(self, stack: Stack, figures: GapFigures) -> None:
        self._stack = stack
        self.figures = figures
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> "Bench":
        simulator = await self._stack.simulator("simulator", first_audio=OURS.first_audio, mind="relay")
        await self._stack.ours(AGENT, simulator)
        self._rooms = await self._resources.enter_async_context(self._stack.rooms(AGENT))
        turn: list[Said] = [WAITED, Tone(650, SPOKEN)]
        says = record(self._stack.folder / "turns.wav", [*turn * TURNS, 2 * WAITED])
        self._phone = await self._resources.enter_async_context(softphone(self._stack.folder / "phone", says, "caller"))
        async with self._stack.api() as server:
            await connect(server, OURS, simulator)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    async def call(self, way: Way) -> None:
        """One call, with all three measures. Raises `CallFailedError`."""
        spoken, heard = await (self._by_web() if way is WEB else self._by_phone())
        for measure, seconds in gaps(spoken, heard).items():
            self.figures.add((measure, way), seconds)

    async def _by_web(self) -> tuple[list[float], list[float]]:
        async with self._on_the_page() as caller:
            await caller.hears(PATIENCE)
            spoken = []
            for _ in range(TURNS):
                await asyncio.sleep(WAITED)
                spoken.append(await caller.mouth.speak(SPOKEN))
            await asyncio.sleep(WAITED)
            return spoken, caller.ear.frames

    @asynccontextmanager
    async def _on_the_page(self) -> AsyncIterator["ListeningCaller"]:
        room, caller = new_call(), ListeningCaller()
        try:
            await caller.connect(self._stack.url, await our_token(self._stack, room, AGENT, self._rooms))
            yield caller
        except (rtc.ConnectError, api.TwirpError) as error:
            raise CallFailedError(f"LiveKit refused: {error}") from error
        finally:
            await caller.hang_up()
            await self._rooms.end(room.name)

    async def _by_phone(self) -> tuple[list[float], list[float]]:
        self._phone.forget()
        await self._phone.dial(f"sip:{OURS.number}@{self._stack.sip}")
        await self._phone.until("CALL_ESTABLISHED", PATIENCE)
        await asyncio.sleep(WAITED + TURNS * (SPOKEN + WAITED))
        await self._phone.hangup()
        await self._phone.until("CALL_CLOSED", PATIENCE)
        return ends(moments(self._phone.said)), moments(self._phone.heard)


def moments(recording: Path) -> list[float]:
    """When something is loud, in seconds."""
    return [float(frame) * FRAME / PHONE_RATE for frame in np.flatnonzero(loud_frames(recorded(recording)))]


def ends(loud: Sequence[float]) -> list[float]:
    """When each piece of sound has ended."""
    pairs = zip(loud, (*loud[1:], float("inf")), strict=True)
    return [moment + FRAME / PHONE_RATE for moment, following in pairs if following - moment > QUIET]


# -- all calls ---------------------------------------------------------------------------------------------------------


async def measure(folder: Path, calls: int) -> GapFigures:
    """`calls` each way. Raises `LocalError` when something does not start or ends by itself."""
    figures = GapFigures()
    async with running_with_phones(folder, progress) as stack, Bench(stack, GapFigures()) as bench:
        await take_warm_rounds(bench, WAYS, calls, figures)
    return figures


def report(figures: GapFigures) -> str:
    """The table for people, and whether the bars hold."""
    heads = ["ms", *(f"{way.name}, {percent}" for way in WAYS for percent in ("p50", "p95"))]
    rows = [
        [shown, *(f"{figures.above(handoff, way, percent):.0f}" for way in WAYS for percent in (50, 95))]
        for handoff, shown in SHOWN.items()
    ]
    return "\n\n".join([table(heads, rows), "\n".join(bars(figures))])


def bars(figures: GapFigures) -> list[str]:
    """A line for each bar: what was asked, what was found, whether it holds."""
    return [
        bar(f"{handoff}, {way.name}: p95 at most {MOST:.0f} ms", found, found <= MOST)
        for handoff in SHOWN
        for way in WAYS
        for found in [figures.above(handoff, way, 95)]
    ]


def as_json(figures: GapFigures) -> str:
    """One object: measure, way, p50 and p95 in milliseconds, as heard; null where every call failed."""
    measures: tuple[Measure, ...] = ("answered", *SHOWN)
    return json.dumps({measure: {way.name: figures.both((measure, way)) for way in WAYS} for measure in measures})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a call failed."""
    parser = argparse.ArgumentParser(prog="bench.gap", description="What a handoff costs a caller in silence.")
    parser.add_argument("--calls", type=positive, default=30, metavar="N", help="each way (default: 30)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    if not PROGRAM.exists():
        print(f"There is no {PROGRAM}: apt-get install baresip-core", file=sys.stderr)
        return 1
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # its native part complains of callers who hang up
    return run("gap", lambda folder: measure(folder, options.calls), report, as_json if options.json else None)


if __name__ == "__main__":
    sys.exit(main())
