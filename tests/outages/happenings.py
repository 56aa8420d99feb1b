"""What happens to callers, each from the first word to the ledger. Every one of them is a test."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, HandoffDone, Recovered, ToolReturned
from tests.browser.ledger import ended, events_when, of
from tests.browser.participant import EVENTS, PATIENCE, TRANSCRIPTS
from tests.outages.caller import Caller, calling, in_a_call
from tests.outages.course import Happens
from tests.outages.place import Place
from tests.outages.service import PROVE, TALE, TO_SUPPORT, told
from tests.postgres import Postgres

ANYTHING = b"/"
LOOK_UP = 2.5
"""Seconds in which a caller hears something of a tool that lasts."""
SHORT, LONG, DATABASE, CALLER = 3.0, 60.0, 30.0, 8.0


async def the_network_to_the_service_is_cut(place: Place) -> None:
    async with in_a_call(place.line) as caller:
        cut = time.monotonic()
        place.link.cut(ANYTHING)
        await caller.types("two")
        await asyncio.sleep(SHORT)
        place.link.mend()
        await caller.reads(told(["one", "two"]))
        await caller.no_silence(cut)
        await caller.is_answered("three")
        events = await caller.hangs_up()
    assert of(events, Recovered)
    assert spoken(events)[-1] == told(["one", "two", "three"])


async def the_network_to_the_service_is_slow(place: Place) -> None:
    async with in_a_call(place.line) as caller:
        place.link.delay(1.0)
        typed = await caller.types("two")
        await caller.reads(told(["one", "two"]))
        place.link.delay(0.0)
        await caller.no_silence(typed)
        await caller.is_answered("three")
        events = await caller.hangs_up()
    assert spoken(events)[1:] == [told(["one"]), told(["one", "two"]), told(["one", "two", "three"])]


async def the_service_is_away_for_three_seconds(place: Place) -> None:
    async with in_a_call(place.line) as caller:
        asked, killed = await in_mid_sentence(caller, place)
        await asyncio.sleep(SHORT - (time.monotonic() - killed))
        await place.service.come_back()
        await hears_the_whole_tale(caller, asked)


async def another_service_takes_over_in_mid_sentence(place: Place) -> None:
    async with in_a_call(place.line) as caller:
        asked, _ = await in_mid_sentence(caller, place)
        await hears_the_whole_tale(caller, asked)


async def the_service_is_away_for_a_minute(place: Place) -> None:
    async with in_a_call(place.line) as caller:
        asked, killed = await in_mid_sentence(caller, place)
        await caller.gets(TRANSCRIPTS, "type your phone number")
        await caller.no_silence(asked)
        await caller.is_over("unserved")
    async with calling(place.line) as (caller, connected):
        await caller.hears(connected)
        await caller.gets(TRANSCRIPTS, "type your phone number")
        await caller.is_over("unserved")
    await asyncio.sleep(LONG - (time.monotonic() - killed))
    await place.service.come_back()
    async with in_a_call(place.line) as caller:
        await caller.hangs_up()


async def in_mid_sentence(caller: Caller, place: Place) -> tuple[float, float]:
    """The service is killed while the caller hears the tale; when they asked for it, and when it was killed."""
    asked = await caller.types("tell me the tale")
    await caller.hears(asked)
    killed = time.monotonic()
    place.service.kill()
    return asked, killed


async def hears_the_whole_tale(caller: Caller, asked: float) -> None:
    """Without a silence, and once; and the call goes on."""
    await caller.reads(TALE[-20:])
    await caller.no_silence(asked)
    await caller.is_answered("three")
    events = await caller.hangs_up()
    said = spoken(events)
    assert of(events, Recovered)
    assert " ".join(said[2:-1]) == TALE
    assert said[-1] == told(caller.said)


def the_database_is(how: str, server: Postgres) -> Happens:
    """The happening that it is `stopped` or `paused`."""
    away = server.stopped if how == "stopped" else server.paused

    async def happens(place: Place) -> None:
        await the_database_is_away(place, away)

    happens.__name__ = f"the_database_is_{how}"
    return happens


async def the_database_is_away(place: Place, away: Callable[[], AbstractContextManager[None]]) -> None:
    async with AsyncExitStack() as calls:
        caller = await calls.enter_async_context(in_a_call(place.line))
        with away():
            began = time.monotonic()
            await caller.is_answered("two")
            await caller.hears(await caller.types(TO_SUPPORT))
            await caller.types(PROVE)
            await caller.gets(EVENTS, "verify_caller")
            await caller.hears(time.monotonic(), LOOK_UP)
            other, connected = await calls.enter_async_context(calling(place.line))
            await other.hears(connected)
            await other.is_answered("one")
            await caller.reads("I have found")
            await asyncio.sleep(DATABASE - (time.monotonic() - began))
        await caller.is_answered("three")
        events = await caller.hangs_up()
        assert spoken(await other.hangs_up())[-1] == told(["one"])
    assert [done.target for done in of(events, HandoffDone)] == ["support"]
    assert [returned.tool for returned in of(events, ToolReturned)] == ["transfer_to_support", "verify_caller"]
    assert spoken(events)[-1] == told(caller.said)


async def the_network_of_the_caller_is_away(place: Place) -> None:
    call = (await place.line.caller.post("/calls")).json()
    command = (sys.executable, "-m", "tests.outages.away", place.line.stack.livekit.url, call["participant_token"])
    caller = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    answers = [told(["one"]), told(["one", "two"])]
    assert caller.stdin
    try:
        await _reads(caller, "automated assistant")
        caller.stdin.write(b"one\n")
        await _reads(caller, told(["one"]))
        caller.send_signal(signal.SIGSTOP)
        await asyncio.sleep(CALLER)
        caller.send_signal(signal.SIGCONT)
        caller.stdin.write(b"two\n")
        await events_when(place.line.ledger, call["id"], lambda events: spoken(events)[1:] == answers)
        await place.line.caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})
    finally:
        caller.kill()
        await caller.wait()
    events = await ended(place.line.ledger, call["id"])
    assert [spoke.text for spoke in of(events, CallerSpoke)] == ["one", "two"]
    assert spoken(events)[1:] == answers


async def _reads(caller: Process, words: str) -> None:
    """Wait until that stands on their screen."""
    assert caller.stdout
    async with asyncio.timeout(PATIENCE):
        while words not in (await caller.stdout.readline()).decode():
            pass


def spoken(events: list[Event]) -> list[str]:
    """What agents have said."""
    return [spoke.text.strip() for spoke in of(events, AgentSpoke)]


NEAR = (
    the_network_to_the_service_is_cut,
    the_service_is_away_for_three_seconds,
    the_network_of_the_caller_is_away,
)
FAR = (the_service_is_away_for_a_minute,)
SPARED = (the_network_to_the_service_is_slow, another_service_takes_over_in_mid_sentence)
"""What happens at one place, in order."""
