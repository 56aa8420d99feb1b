"""One call in a room, in which one row of the table strikes in one scene, and what was wrong with it."""

import asyncio
import re
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

import numpy as np
import pytest
from livekit import api

from bench.silence import Clock
from simulator.faults import Fault
from simulator.mind import CallTool, Item, Reply, Request, Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, PersonStep
from switchboard.line.sentences import DICTATE
from tests.faults.drive import LAST, PATIENCE
from tests.faults.mind import STORY, WELCOME, Literal
from tests.faults.rows import Row
from tests.faults.scenes import ANNA, BACK, INTERRUPTS, Scene
from tests.faults.whole import UnwellError, context_is_whole, heard, hears, ledger_is_whole, same
from tests.livekit import KEY, SECRET, LiveKitServer
from tests.stage.room import Booth, booth
from tests.switchboard.transfer.exchange import Desk, Exchange, answers

LONGEST_SILENCE = 2.0
"""In seconds; nobody hears nothing for longer, whatever happens."""
HUNG_SECONDS = 60.0
"""A call in which so long nothing comes has hung; how long the caller waited is measured by the clock."""
CALLER_NUMBER = "+15550777"
PHONES = (f"+1555{number:07}" for number in count(2010000))
EXCHANGE: ContextVar[Exchange] = ContextVar("exchange")
TIMES: dict[str, Any] = {"pace": 2.0, "text_word": 0.05, "detector": "energy"}
"""Of the simulator: an answer lasts, so that things can go wrong in its middle."""


class Understood:
    """Whatever the caller says is the same."""

    async def recognize(self, pcm: bytes) -> str:
        return INTERRUPTS


class Told(Literal):
    """It understands nothing by itself, and knows what it is to say when a person has left the caller."""

    def _plain(self, request: Request, items: Sequence[Item]) -> Reply:
        last = items[-1] if items else None
        if last and last.type == "function_call_output" and ANNA.name in (last.output or "") and not request.extra:
            return [Say(BACK)]
        return super()._plain(request, items)

    def _obey(self, request: Request, agent: str, said: str) -> Reply:
        if tool := re.fullmatch(r"(search|book) (\w+)", said):
            return [CallTool(tool[1], {"thing": tool[2]})]
        return super()._obey(request, agent, said)

    def hear(self, session_id: str) -> None:  # type: ignore[override]
        """The recognizer does."""


@dataclass(frozen=True)
class Cell:
    """One row in one scene."""

    row: Row
    scene: Scene
    faults: Sequence[Fault]

    @property
    def id(self) -> str:
        """Names it."""
        return f"{self.scene.id}: {self.row.name}"


@dataclass
class Found:
    """What came of a cell."""

    cell: Cell
    wrong: str = ""
    silence: float = 0.0
    """The longest, in seconds."""
    course: str = ""
    """What the ledger has and what was heard: for who reads that it went wrong."""

    def __str__(self) -> str:
        came = f"{self.wrong}; {self.course}" if self.wrong else "well"
        return f"{self.cell.id} ({self.silence:.2f} s of silence): {came}"


class House:
    """Where the calls are made: a server, a database and a clock that all of them share."""

    def __init__(self, server: LiveKitServer, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server = server
        self._database_url = database_url
        self._clock = clock
        self._monkeypatch = monkeypatch
        monkeypatch.setattr("switchboard.transfer.person_phone.get_job_context", lambda: EXCHANGE.get().context)

    async def call(self, cell: Cell) -> Found:
        """Make the call of that cell. Always returns."""
        found = Found(cell)
        try:
            async with self._called(cell) as (call, exchange):
                await RoomCall(cell, call, exchange, self._clock, found).play()
            same("sockets left", [call.simulator.open], [0])
        except (UnwellError, TimeoutError) as unwell:
            found.wrong = str(unwell) or f"it hung: {_waited_in(unwell)}"
        if found.silence > LONGEST_SILENCE:
            found.wrong = f"{found.silence:.2f} s of silence; {found.wrong}"
        return found

    async def rooms_left(self) -> list[str]:
        """Those that are still there when all calls are over."""
        async with self._server.api() as livekit:
            for _ in range(50):
                rooms = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
                left = [room.name for room in rooms if room.name.startswith(("booth-", "person-"))]
                if not left:
                    break
                await asyncio.sleep(0.1)
        return left

    @asynccontextmanager
    async def _called(self, cell: Cell) -> AsyncIterator[tuple[Booth, Exchange]]:
        scene, phone = cell.scene, next(PHONES)
        people: dict[str, Any] = {
            "LIVEKIT_URL": self._server.url,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
            "PHONE_PEOPLE": f"anna={phone}",
            "PHONE_OUTBOUND_ADDRESS": "sip.carrier.example",
            "PHONE_OUTBOUND_NUMBER": "+15550100",
        }
        options = Options(**TIMES, faults=tuple(cell.faults) if scene.greets else ())
        async with self._server.api() as livekit:
            exchange = Exchange(self._server, livekit, {phone: answers}, job_id=f"AJ_{phone}")
            EXCHANGE.set(exchange)
            try:
                async with booth(
                    self._server,
                    self._database_url,
                    self._monkeypatch,
                    line=scene.line,
                    options=options,
                    mind=Told(),
                    greeted=not scene.greets,
                    number=CALLER_NUMBER if scene.way == "phone" else None,
                    recognizer=Understood(),
                    speaks=scene.spoken,
                    now=lambda: self._clock.now,
                    **people,
                ) as call:
                    yield call, exchange
            finally:
                await exchange.aclose()


def _waited_in(error: BaseException) -> str:
    """What of the call was under way."""
    return " ".join(frame.name for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__)


class RoomCall:
    """What the caller does, and hears."""

    def __init__(self, cell: Cell, call: Booth, exchange: Exchange, clock: Clock, found: Found) -> None:
        self._row, self._scene = cell.row, cell.scene
        heard_by_caller = cell.scene.struck_is_heard
        self._told = cell.row.told if heard_by_caller else None
        self._whole = cell.row.whole or not heard_by_caller
        self._faults = cell.faults
        self._call = call
        self._exchange = exchange
        self._clock = clock
        self._found = found
        self._own_words = np.array([])
        """When the caller speaks: that is no silence of theirs."""

    async def play(self) -> None:
        """The scene, and then one line more: the call is alive. Raises UnwellError and TimeoutError."""
        began, self._call.record.patience = self._clock.now, HUNG_SECONDS
        try:
            await self._act()
        finally:
            self._found.silence = self._longest_silence(began)
            self._found.course = self._course(began)
        await self._call.idle()
        self._all_struck()
        spoken = " ".join(heard(self._call))
        await self._one_line_more(spoken)
        said, spoke_over = [self._scene.says] * (not self._scene.greets), [INTERRUPTS] * self._scene.interrupts
        written = spoke_over * self._row.transcribed
        ledger_is_whole(self._call, [*said, *written, LAST], self._scene.tools)
        known = None if self._scene.interrupts or not self._whole or self._told else [spoken]
        items = self._call.mind.requests[-1].items
        context_is_whole(items, [*said, *spoke_over, LAST], known, forgets=self._scene.forgets)

    async def _act(self) -> None:
        scene = self._scene
        if scene.person:
            await self._with_a_person()
        elif scene.interrupts:
            await self._interrupt()
        elif not scene.greets:
            self._arm()
            self._call.type(scene.says)
        await self._hear_all()

    def _arm(self) -> None:
        for fault in self._faults:
            self._call.simulator.faults.arm(fault)

    async def _interrupt(self) -> None:
        since = self._clock.now
        self._call.type(self._scene.says)
        await self._call.ears.until_loud(since)
        self._arm()
        begin = self._clock.now
        self._own_words = np.arange(begin, begin + self._call.mouth.say(INTERRUPTS), 0.1)

    async def _with_a_person(self) -> None:
        self._call.type(self._scene.says)
        desk = await self._exchange.desk()
        await self._until_stage("ringing")
        if self._scene.person == "rings":
            self._arm()
        await self._join(desk)
        if self._scene.person == "talks":
            self._arm()
        desk.voice.fall_silent()  # who goes on speaking is not asked for notes
        await desk.press("*")
        await self._call.simulator.wait_for(self._notes_are_asked_for, PATIENCE)
        await desk.hang_up()

    def _notes_are_asked_for(self) -> bool:
        """The person, who hands the caller back, is asked for them."""
        requests = self._call.simulator.received("response.create")
        return any((request.get("response", {}).get("instructions") or "").endswith(DICTATE) for request in requests)

    async def _join(self, desk: Desk) -> None:
        desk.picked_up.set()
        await self._until_stage("answered")
        await desk.press("1")
        await self._until_stage("joined")

    async def _until_stage(self, stage: str) -> None:
        await self._call.until(lambda: any(step.stage == stage for step in self._call.of(PersonStep)))

    async def _hear_all(self) -> None:
        """All that the scene promises, or what the row makes of it."""
        if self._scene.interrupts:
            await self._hear_the_answer_to_the_interruption()
        elif told := self._told:
            await self._until(lambda: told in " ".join(heard(self._call)))
        elif self._whole:
            await hears(self._call, [WELCOME, *self._scene.hears])
        else:
            spoken = 0 if self._scene.greets else 1
            await self._until(lambda: len(self._call.of(AgentSpoke)) > spoken)

    async def _hear_the_answer_to_the_interruption(self) -> None:
        if not self._whole:
            await self._until(lambda: "front" in heard(self._call))
            return
        answer = self._told or f"front heard: {INTERRUPTS}."
        await self._until(lambda: answer in " ".join(heard(self._call)))
        between = " ".join(heard(self._call)).removeprefix(WELCOME).removesuffix(answer).strip()
        if not self._told and not STORY.startswith(between):
            raise UnwellError(f"what was heard of the story: {between!r}")

    async def _until(self, happened: Any) -> None:
        try:
            await self._call.until(lambda: happened() or self._call.of(Ended))
        except TimeoutError:
            raise UnwellError(f"silence after {' '.join(heard(self._call))!r}") from None
        if ended := self._call.of(Ended):
            raise UnwellError(f"the call has ended: {ended[0].reason}")

    def _all_struck(self) -> None:
        faults = self._call.simulator.faults
        waiting = [fault.name for fault in faults.armed]
        faults.clear()
        if waiting and not self._row.may_wait:
            raise UnwellError(f"it never struck: {', '.join(waiting)}")

    async def _one_line_more(self, spoken: str) -> None:
        self._call.type(LAST)
        agent = self._call.conversation.call.agent
        await hears(self._call, [spoken, f"{agent} heard: {LAST}."])
        await self._call.until(lambda: any(each.text == LAST for each in self._call.of(CallerSpoke)))

    def _course(self, began: float) -> str:
        events = ", ".join(
            f"{event.at:.1f} {event.kind} {getattr(event, 'stage', '')}".strip() for event in self._call.record.events
        )
        sounds = ", ".join(f"{begin:.1f}-{end:.1f}" for begin, end in self._call.ears.sounds(began))
        return f"in seconds of the call: {events}; heard, from their turn on: {sounds or 'nothing'}"

    def _longest_silence(self, began: float) -> float:
        """From the caller's turn, or a phone's first word, to the last that they hear of the answer."""
        times = sorted([*(at for at, _ in self._call.ears.sounds(began, pause=0.0)), *(self._own_words - began)])
        if self._scene.way == "phone":
            return max((later - earlier for earlier, later in pairwise(times)), default=0.0)
        return max((later - earlier for earlier, later in pairwise([0.0, *times])), default=self._clock.now - began)
