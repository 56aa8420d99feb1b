"""What a caller by phone waits for, ours beside a stock agent: the answer, the first word, a person.

Real SIP phones call through LiveKit SIP; the times are those of the phone's own events and of what it hears. `--help`
tells the options.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import aiohttp
from livekit import api
from livekit.protocol.sip import (
    CreateSIPDispatchRuleRequest,
    CreateSIPInboundTrunkRequest,
    SIPDispatchRule,
    SIPDispatchRuleIndividual,
    SIPDispatchRuleInfo,
    SIPInboundTrunkInfo,
)

from bench.caller import CallFailedError
from bench.command import run
from bench.figures import Figures, bar, positive, table
from bench.recording import Tone, first_heard, record, recorded, seconds_since_tone, tone_comes
from bench.rounds import progress, take_warm_rounds
from bench.softphone import PROGRAM, Softphone, softphone
from bench.stack import Stack, running_with_phones
from bench.stock_worker import AGENT_NAME
from bench.talker import HUM_HERTZ
from switchboard.phone.trunks import dispatch_rule
from workflows.support_line import SUPPORT_LINE

Measure = Literal[
    "invite_to_answer_ms", "answer_to_greeting_ms", "request_to_ring_ms", "sentence_to_ring_ms", "accept_to_joined_ms"
]

FIRST_AUDIO = 400
"""Of the slow simulator, in milliseconds."""
MOST_OF_STOCK_ANSWER = 1.1
MOST_TO_GREETING = 150.0
MOST_TO_RING = 500.0
MOST_TO_JOINED = 300.0

PATIENCE = 10.0
"""For what has to be heard, in seconds."""
SETTLED = 10.0
"""For a call's end to be through, in seconds."""
CALLER, PERSON = Tone(650, 120.0), Tone(1150, 120.0)
"""What the two sound like, from their first moment on: no words to the model, and easy to tell apart."""
DESK = "desk"


@dataclass(frozen=True)
class Condition:
    """A kind of call: to whom, and how long the simulator takes to its first audio (ms)."""

    who: Literal["ours", "stock"]
    first_audio: int
    number: str
    to_person: bool = False
    """The caller asks for a person, who accepts."""

    @property
    def name(self) -> str:
        """Of the condition in a table."""
        return "ours, to a person" if self.to_person else f"{self.who}, first audio {self.first_audio} ms"


OURS = Condition("ours", 0, "+15550100")
SLOW_OURS = Condition("ours", FIRST_AUDIO, "+15550101")
TO_PERSON = Condition("ours", 0, "+15550104", to_person=True)
STOCK = Condition("stock", 0, "+15550102")
SLOW_STOCK = Condition("stock", FIRST_AUDIO, "+15550103")
CONDITIONS = (OURS, SLOW_OURS, STOCK, SLOW_STOCK, TO_PERSON)
SHOWN: dict[Measure, str] = {
    "invite_to_answer_ms": "INVITE -> answered (200 OK)",
    "answer_to_greeting_ms": "answered -> greeting heard",
    "request_to_ring_ms": '"a person, please" -> the person\'s phone rings',
    "sentence_to_ring_ms": "the agent has said so -> the person's phone rings (0: before it has)",
    "accept_to_joined_ms": "the person accepts -> both hear each other",
}
TO_A_PERSON: tuple[Measure, ...] = ("request_to_ring_ms", "sentence_to_ring_ms", "accept_to_joined_ms")


class PhoneFigures(Figures[tuple[Measure, Condition]]):
    """By measure and condition."""


# -- one call ----------------------------------------------------------------------------------------------------------


class Bench:
    """Makes calls, one after the other, between `async with`."""

    def __init__(self, stack: Stack, figures: PhoneFigures) -> None:
        self._stack = stack
        self.figures = figures
        self._simulators: dict[int, str] = {}
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> "Bench":
        self._phone = await self._switch_on("caller", CALLER)
        self._desk = await self._switch_on(DESK, PERSON)
        self._http = await self._resources.enter_async_context(aiohttp.ClientSession())
        await self._stack.stock("stock")
        for delay in (0, FIRST_AUDIO):
            self._simulators[delay] = await self._stack.simulator(
                f"simulator-{delay}", first_audio=delay, detector="silero"
            )
            people = {"PHONE_PEOPLE": f"shop desk={self._desk.uri}"}
            await self._stack.ours(f"ours-{delay}", self._simulators[delay], settings=people)
        async with self._stack.api() as server:
            for condition in CONDITIONS:
                await connect(server, condition, self._simulators[condition.first_audio])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    async def call(self, condition: Condition) -> None:
        """One call, with all that is measured in it. Raises `CallFailedError`."""
        self._phone.forget()
        async with self._on_the_line(condition) as asked:
            answered = (await self._phone.until("CALL_ESTABLISHED", PATIENCE)).at
            self.figures.add(("invite_to_answer_ms", condition), answered - asked)
            heard = await first_heard(self._phone, PATIENCE)
            self.figures.add(("answer_to_greeting_ms", condition), heard - answered)
            if condition.to_person:
                await self._get_a_person(condition)

    async def _get_a_person(self, condition: Condition) -> None:
        """The caller asks by key, so that the moment is exact; the person picks up, and accepts by key."""
        self._desk.forget()
        asked = time.monotonic()
        await self._phone.press("0#")
        rings = (await self._desk.until("CALL_INCOMING", PATIENCE)).at
        self.figures.add(("request_to_ring_ms", condition), rings - asked)
        silent = seconds_since_tone(recorded(self._phone.heard), HUM_HERTZ)
        self.figures.add(("sentence_to_ring_ms", condition), silent)
        await self._desk.accept()
        await first_heard(self._desk, PATIENCE)  # the briefing
        hear = asyncio.gather(tone_comes(self._phone, PERSON, PATIENCE), tone_comes(self._desk, CALLER, PATIENCE))
        accepted = time.monotonic()
        await self._desk.press("1")
        self.figures.add(("accept_to_joined_ms", condition), max(await hear) - accepted)
        await self._desk.hangup()
        await self._desk.until("CALL_CLOSED", PATIENCE)

    async def _switch_on(self, name: str, tone: Tone) -> Softphone:
        folder = self._stack.folder
        says = record(folder / f"{name}.wav", [tone])
        return await self._resources.enter_async_context(softphone(folder / name, says, name))

    @asynccontextmanager
    async def _on_the_line(self, condition: Condition) -> AsyncIterator[float]:
        """A call, and when it was begun."""
        try:
            yield await self._phone.dial(f"sip:{condition.number}@{self._stack.sip}")
        finally:
            with suppress(CallFailedError):  # the person may have ended the call
                await self._phone.hangup()
            await self._phone.until("CALL_CLOSED", PATIENCE)
            await self._settle()

    async def _settle(self) -> None:
        """Have the agent gone: what it does at the end of a call is not part of the next one."""
        async with self._stack.api() as server:  # LiveKit SIP may keep a caller who has hung up for 20 s
            for room in (await server.room.list_rooms(api.ListRoomsRequest())).rooms:
                with suppress(api.TwirpError):  # it has just ended by itself
                    await server.room.delete_room(api.DeleteRoomRequest(room=room.name))
        give_up = time.monotonic() + SETTLED
        for simulator in self._simulators.values():
            while await self._open(simulator):
                if time.monotonic() > give_up:
                    raise CallFailedError(f"the agent still held its connection after {SETTLED:g} s")
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # the worker gets the next job ready

    async def _open(self, simulator: str) -> int:
        async with self._http.get(f"{simulator}/health") as answer:
            return int((await answer.json())["open"])


async def connect(server: api.LiveKitAPI, condition: Condition, simulator: str) -> None:
    """Have the condition's number reach its agent: ours as `phone up` does, stock as LiveKit's documentation has it."""
    trunk = SIPInboundTrunkInfo(name=condition.name, numbers=[condition.number], allowed_addresses=["127.0.0.0/8"])
    made = await server.sip.create_inbound_trunk(CreateSIPInboundTrunkRequest(trunk=trunk))
    if condition.who == "ours":
        rule = dispatch_rule(SUPPORT_LINE.name, f"ours-{condition.first_audio}", made.sip_trunk_id)
    else:
        agents = [api.RoomAgentDispatch(agent_name=AGENT_NAME, metadata=simulator)]
        individual = SIPDispatchRuleIndividual(room_prefix="call-")
        rule = SIPDispatchRuleInfo(
            trunk_ids=[made.sip_trunk_id],
            rule=SIPDispatchRule(dispatch_rule_individual=individual),
            room_config=api.RoomConfiguration(agents=agents),
        )
    rule.name = condition.name
    await server.sip.create_dispatch_rule(CreateSIPDispatchRuleRequest(dispatch_rule=rule))


# -- all calls ---------------------------------------------------------------------------------------------------------


async def measure(folder: Path, calls: int) -> PhoneFigures:
    """`calls` in every condition. Raises `LocalError` when something does not start or ends by itself."""
    figures = PhoneFigures()
    async with running_with_phones(folder, progress) as stack, Bench(stack, PhoneFigures()) as bench:
        await take_warm_rounds(bench, CONDITIONS, calls, figures)
    return figures


# -- what came of it ---------------------------------------------------------------------------------------------------


def report(figures: PhoneFigures) -> str:
    """The tables for people, and whether the bars hold."""
    tables = [
        table(
            [f"{shown}, ms", "p50", "p95", "calls"],
            [_row(figures, measure, each) for each in CONDITIONS if each.to_person is (measure in TO_A_PERSON)],
        )
        for measure, shown in SHOWN.items()
    ]
    return "\n\n".join([*tables, "\n".join(bars(figures))])


def _row(figures: PhoneFigures, measure: Measure, condition: Condition) -> list[str]:
    calls = len(figures.of.get((measure, condition), ()))
    percentiles = (f"{figures.at((measure, condition), percent):.0f}" for percent in (50, 95))
    return [condition.name, *percentiles, str(calls)]


def bars(figures: PhoneFigures) -> list[str]:
    """A line for each bar: what was asked, what was found, whether it holds."""
    answer: Measure = "invite_to_answer_ms"
    ratio = figures.at((answer, OURS)) / figures.at((answer, STOCK))
    greeting = figures.at(("answer_to_greeting_ms", SLOW_OURS))
    return [
        bar(f"answered: p50 at most {MOST_OF_STOCK_ANSWER} x stock", ratio, ratio <= MOST_OF_STOCK_ANSWER),
        bar(
            f"greeting, first audio {FIRST_AUDIO} ms: p50 at most {MOST_TO_GREETING:.0f} ms after the answer",
            greeting,
            greeting <= MOST_TO_GREETING,
        ),
        *(
            bar(f"{SHOWN[measure]}: p50 at most {most:.0f} ms", found, found <= most)
            for measure, most in zip(TO_A_PERSON[1:], (MOST_TO_RING, MOST_TO_JOINED), strict=True)
            for found in [figures.at((measure, TO_PERSON))]
        ),
    ]


def as_json(figures: PhoneFigures) -> str:
    """One object: measure, who, p50 and p95; null where every call failed."""
    told: dict[Measure, dict[str, Condition]] = {
        "invite_to_answer_ms": {"ours": OURS, "stock": STOCK},
        "answer_to_greeting_ms": {"ours": SLOW_OURS, "stock": SLOW_STOCK},
        "request_to_ring_ms": {"ours": TO_PERSON},
        "accept_to_joined_ms": {"ours": TO_PERSON},
    }
    return json.dumps(
        {
            measure: {who: figures.both((measure, condition)) for who, condition in conditions.items()}
            for measure, conditions in told.items()
        }
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a call failed."""
    parser = argparse.ArgumentParser(prog="bench.phone", description="What a caller by phone waits for, beside stock.")
    parser.add_argument("--calls", type=positive, default=20, metavar="N", help="in every condition (default: 20)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    if not PROGRAM.exists():
        print(f"There is no {PROGRAM}: apt-get install baresip-core", file=sys.stderr)
        return 1
    return run("phone", lambda folder: measure(folder, options.calls), report, as_json if options.json else None)


if __name__ == "__main__":
    sys.exit(main())
