"""A room is answered by one agent, however late those come who were asked."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from livekit import api

from switchboard.database import Database
from switchboard.http import rooms
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended
from tests.app.slow_worker import AT, FOLDER, Gate
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.participant import TRANSCRIPTS, Participant
from tests.browser.stack import Program, Stack
from tests.link import Link, link_to
from tests.livekit import LiveKitServer, livekit_server
from tests.switchboard.http.house import OPTIONS, eventually, open_house

__all__ = ["livekit_server"]

AGENT = "one-to-a-room"
GREETING = "Fernway"
JOB = "received job request"


@dataclass
class Line:
    """A line whose parts run, but for its worker."""

    stack: Stack
    caller: httpx2.AsyncClient
    server: api.LiveKitAPI
    ledger: Database

    @property
    def worker(self) -> Program:
        return self.stack.worker

    async def asked_again(self, room: str) -> None:
        """A second agent has been asked for."""
        seen: set[str] = set()

        async def twice() -> bool:
            seen.update(one.id for one in await self.server.agent_dispatch.list_dispatch(room))
            return len(seen) > 1

        await eventually(twice)


@pytest.fixture
async def line(livekit_server: LiveKitServer, sqlite_templates: Path, tmp_path: Path) -> AsyncIterator[Line]:
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    stack = Stack(livekit_server, f"sqlite:///{tmp_path}/switchboard.db", tmp_path, agent=AGENT)
    access = replace(livekit_server.access, agent_name=AGENT)
    try:
        await asyncio.to_thread(stack.simulator.start)
        async with (
            open_house(access, OPTIONS) as house,
            house.caller() as caller,
            livekit_server.api() as server,
            aclosing(Database(stack.database)) as ledger,
        ):
            yield Line(stack, caller, server, ledger)
    finally:
        stack.stop()


@pytest.fixture
async def gate(line: Line, tmp_path: Path) -> Gate:
    gate = Gate(tmp_path)
    gate.build()
    line.worker.arguments = ("-m", "tests.app.slow_worker", "start")
    line.worker.environ |= {FOLDER: str(tmp_path), "WORKER_IDLE_PROCESSES": "3"}
    return gate


@pytest.fixture
async def link(livekit_server: LiveKitServer) -> AsyncIterator[Link]:
    async with link_to(livekit_server.port) as link:
        yield link


@asynccontextmanager
async def in_the_room(line: Line, call: dict[str, str]) -> AsyncIterator[Participant]:
    caller = Participant()
    await caller.room.connect(line.stack.livekit.url, call["participant_token"])
    try:
        yield caller
    finally:
        await caller.room.disconnect()


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
