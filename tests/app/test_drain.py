"""A worker that stops hands the callers whom its grace leaves over to another worker, in their rooms."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import utils

from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event, Remembered
from switchboard.line.words import Words
from tests.app.line import Line
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.participant import TRANSCRIPTS, Participant
from tests.browser.stack import Program

GREETING, FOUND = "Fernway", "oak writing desk"
SHORTEST_GRACE = "30"
PROMISE = 2.0
LOUD = 600
WORDS = Words()


@pytest.fixture
async def second(line: Line, tmp_path: Path) -> AsyncIterator[Program]:
    """Another worker; a test starts it."""
    line.worker.environ["WORKER_GRACE_SECONDS"] = SHORTEST_GRACE
    other = replace(line.worker, environ=dict(line.worker.environ), log=tmp_path / "second.log")
    try:
        yield other
    finally:
        other.kill()


class Ear:
    """What a caller hears, of whichever agent: when there was sound; and how many agents were there at once."""

    def __init__(self, caller: Participant) -> None:
        self.loud: list[float] = []
        self.most_agents = 0
        self._room = caller.room
        self._tasks: list[asyncio.Task[None]] = []
        caller.room.on("track_subscribed", lambda track, *_: self._hear(track))
        caller.room.on("participant_connected", lambda _: self._count())

    def longest_silence(self, since: float, until: float) -> float:
        times = [since, *(at for at in self.loud if since < at < until), until]
        return max(later - earlier for earlier, later in pairwise(times))

    async def aclose(self) -> None:
        await utils.aio.cancel_and_wait(*self._tasks)

    def _count(self) -> None:
        kinds = [one.kind for one in self._room.remote_participants.values()]
        self.most_agents = max(self.most_agents, kinds.count(rtc.ParticipantKind.PARTICIPANT_KIND_AGENT))

    def _hear(self, track: rtc.Track) -> None:
        self._tasks.append(asyncio.create_task(self._listen(rtc.AudioStream(track))))

    async def _listen(self, stream: rtc.AudioStream) -> None:
        async for event in stream:
            if np.abs(np.frombuffer(bytes(event.frame.data), np.int16).astype(int)).max(initial=0) > LOUD:
                self.loud.append(time.monotonic())


@asynccontextmanager
async def called(line: Line) -> AsyncIterator[tuple[dict[str, str], Participant, Ear]]:
    """A caller who was greeted by the first worker."""
    await asyncio.to_thread(line.worker.start)
    call = (await line.caller.post("/calls")).json()
    caller = Participant()
    ear = Ear(caller)
    await caller.room.connect(line.stack.livekit.url, call["participant_token"])
    try:
        await caller.gets(TRANSCRIPTS, GREETING)
        yield call, caller, ear
    finally:
        await ear.aclose()
        await caller.room.disconnect()


def draining(worker: Program) -> "asyncio.Task[None]":
    return asyncio.create_task(asyncio.to_thread(worker.drain))


async def spoke(line: Line, origin: str, words: str, number: int = -1) -> list[Event]:
    def there(events: list[Event]) -> bool:
        return any(words in event.text for event in of(events, AgentSpoke))

    return await events_when(line.ledger, origin, there, number)


async def test_a_caller_whom_the_grace_leaves_is_told_and_goes_on_with_another_worker(
    line: Line, second: Program
) -> None:
    async with called(line) as (call, caller, ear):
        await caller.say("Where is my order? Number is one zero zero four two, my postcode is SW1A 2AA.")
        await spoke(line, call["id"], FOUND)
        await asyncio.to_thread(second.start)
        stopped = draining(line.worker)
        await spoke(line, call["id"], WORDS.moving)
        asked = time.monotonic()
        await caller.say("Has it been shipped?")
        after = await spoke(line, call["id"], "Thank you for waiting", number=1)
        silence = ear.longest_silence(asked, time.monotonic())
        await caller.say("Goodbye!")
        await caller.put_out.wait()
        await stopped
        before, after = await ended(line.ledger, call["id"], number=0), await ended(line.ledger, call["id"])

    assert silence < PROMISE
    assert ear.most_agents == 1
    assert of(before, Ended)[0].reason == "moved"
    assert [spoke.text for spoke in of(before, CallerSpoke)][1:] == ["Has it been shipped?"]
    assert of(after, Answered)[0].resumes == (await calls_of(line.ledger, call["id"]))[0]
    assert of(after, Remembered)[0].state == of(before, Remembered)[-1].state
    assert of(after, Remembered)[0].verified == of(before, Remembered)[-1].verified is not None
    assert of(after, Ended)[0].reason == "goodbye"


async def test_where_no_other_worker_is_the_caller_hears_a_goodbye_and_may_come_back(line: Line) -> None:
    line.worker.environ["WORKER_GRACE_SECONDS"] = SHORTEST_GRACE
    async with called(line) as (call, caller, ear):
        stopped = draining(line.worker)
        await spoke(line, call["id"], WORDS.sorry)
        told = time.monotonic()
        await caller.put_out.wait()
        await stopped
        events = await ended(line.ledger, call["id"])

    assert any(at > told for at in ear.loud)
    assert of(events, Ended)[0].reason == "stopped"
    assert ("switchboard.events", '{"kind": "moving", "seq": 1}') not in caller.got
    assert (await line.caller.post("/calls/resume", json={"resume_token": call["resume_token"]})).status_code == 200
