"""A room is answered by one agent, however late those come who were asked; and nobody is paid for who has no caller."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from livekit import api
from livekit.protocol.models import ParticipantInfo

from switchboard.http import rooms
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event
from tests.app.line import Line, in_the_room
from tests.app.slow_worker import AT, FOLDER, Gate
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.participant import TRANSCRIPTS
from tests.browser.stack import Program
from tests.link import SIGNALLING, WORKER, Link
from tests.switchboard.http.house import eventually

GREETING = "Fernway"
JOB = "received job request"
PROMISE = 2.0


@pytest.fixture
async def gate(line: Line, tmp_path: Path) -> Gate:
    gate = Gate(tmp_path)
    gate.build()
    line.worker.arguments = ("-m", "tests.app.slow_worker", "start")
    line.worker.environ |= {FOLDER: str(tmp_path), "WORKER_IDLE_PROCESSES": "3"}
    return gate


async def has_one_call(line: Line, call: dict[str, str], greeted: Callable[[], None] = lambda: None) -> None:
    """It goes on, and when it is over there has been no other."""
    async with in_the_room(line, call) as caller:
        await caller.gets(TRANSCRIPTS, GREETING)
        greeted()
        await caller.say("Where is my order?")
        await events_when(line.ledger, call["id"], lambda events: len(of(events, AgentSpoke)) > 1)
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    events = await ended(line.ledger, call["id"])
    assert of(events, Answered)[0].resumes is None
    assert [spoke.text for spoke in of(events, CallerSpoke)] == ["Where is my order?", "Goodbye!"]
    assert of(events, Ended)[0].reason == "goodbye"
    await asyncio.to_thread(line.worker.drain)
    assert len(await calls_of(line.ledger, call["id"])) == 1


async def test_a_worker_that_is_slow_to_take_a_call_takes_it_once(line: Line, link: Link) -> None:
    line.worker.environ["LIVEKIT_URL"] = link.url
    await asyncio.to_thread(line.worker.start)
    link.hold()
    call = (await line.caller.post("/calls")).json()
    await line.asked_again(call["id"])
    await eventually(lambda: _has_written(line.worker, JOB, 2))
    link.release()
    await has_one_call(line, call)


@pytest.mark.parametrize("place", ["the beginning", "the door"])
async def test_an_agent_who_comes_late_and_finds_another_leaves_without_a_word(
    line: Line, gate: Gate, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "JOB_PATIENCE_NS", 0)
    line.worker.environ[AT] = place
    await asyncio.to_thread(line.worker.start)
    call = (await line.caller.post("/calls")).json()
    await gate.reached()
    await line.asked_again(call["id"])
    await has_one_call(line, call, gate.open)


async def _has_written(program: Program, words: str, times: int) -> bool:
    return program.written.count(words) >= times


async def test_the_model_is_hung_up_at_once_when_the_room_is_closed_behind_a_cut_connection(
    line: Line, link: Link
) -> None:
    line.worker.environ["LIVEKIT_URL"] = link.url
    await asyncio.to_thread(line.worker.start)
    call = (await line.caller.post("/calls")).json()
    async with in_the_room(line, call) as caller, httpx2.AsyncClient() as client:
        await caller.gets(TRANSCRIPTS, GREETING)

        async def hung_up() -> bool:
            return bool((await client.get(line.stack.model)).json()["open"] == 0)

        assert not await hung_up()
        link.cut(SIGNALLING)
        await line.caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})
        began = time.monotonic()
        await eventually(hung_up)

        assert time.monotonic() - began < PROMISE
    assert of(await ended(line.ledger, call["id"]), Ended)[0].reason == "caller_left"


async def test_an_agent_who_was_taken_for_dead_leaves_the_call_to_the_next_one(
    line: Line, link: Link, tmp_path: Path
) -> None:
    first = line.worker
    second = replace(first, environ=dict(first.environ), log=tmp_path / "second.log")
    first.environ["LIVEKIT_URL"] = link.url
    await asyncio.to_thread(first.start)
    call = (await line.caller.post("/calls")).json()
    async with in_the_room(line, call) as caller:
        await caller.gets(TRANSCRIPTS, GREETING)
        try:
            await asyncio.to_thread(second.start)  # first: who is cut off for 20 s ends a room that nobody has taken
            link.cut(SIGNALLING, WORKER)
            await _is_taken_for_dead(line.server, call["id"])
            await line.caller.post("/calls/resume", json={"resume_token": call["resume_token"]})
            await events_when(line.ledger, call["id"], _goes_on)
            before = await ended(line.ledger, call["id"], number=0)
            await caller.say("Goodbye!")
            await caller.put_out.wait()
            after = await ended(line.ledger, call["id"])
        finally:
            second.kill()
    assert of(before, Ended)[0].reason == "caller_left"
    assert of(after, Answered)[0].resumes == (await calls_of(line.ledger, call["id"]))[0]
    assert of(after, Ended)[0].reason == "goodbye"


def _goes_on(events: list[Event]) -> bool:
    return bool(of(events, AgentSpoke)) and of(events, Answered)[0].resumes is not None


async def _is_taken_for_dead(server: api.LiveKitAPI, room: str) -> None:
    """What the server does by itself after some 20 s."""
    listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
    for each in listed.participants:
        if each.kind == ParticipantInfo.Kind.AGENT:
            await server.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=each.identity))
