"""Sees to it that an agent comes to every room that was handed out, and that no more rooms live than there are places.

LiveKit loses a dispatch without a word when no worker has room for it at that moment.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import structlog
from livekit.protocol.models import Room

from switchboard.background import Background
from switchboard.call.source import Source
from switchboard.http.capacity import Capacity
from switchboard.http.errors import LiveKitDown
from switchboard.http.rooms import CallRoom, Rooms
from switchboard.livekit import GHOST_SECONDS
from switchboard.telemetry.web import ROOMS, UNATTENDED

log = structlog.get_logger("http")

MOST_ASKED = 3
WATCH_SECONDS = 1.0
"""How often it is looked; an agent is normally there after a third of a second."""


@dataclass
class Expected:
    """A room whose token is out."""

    room: CallRoom
    late: CallRoom
    """The same, once the room was closed and its caller's join made it anew."""
    until: float
    admitted: bool
    """Its place was counted when it was made; the room of a mere token is made when the caller joins."""
    sid: str = ""
    """The room that was last seen under this name."""
    asked: int = 0
    next_look: float = 0.0
    attended: bool = False
    doubted_until: float = 0.0
    """Until then an agent that is listed may be a dead one."""


class Attendance:
    """One task that looks at the rooms every `pulse` seconds while tokens are out; it delays no answer."""

    def __init__(self, rooms: Rooms, capacity: Capacity, pulse: float) -> None:
        self._rooms = rooms
        self._capacity = capacity
        self._pulse = pulse
        self._expected: dict[str, Expected] = {}
        self._asking = asyncio.Lock()
        self._wake = asyncio.Event()
        self._background = Background(self._begin)  # the calls to come need it too

    async def __aenter__(self) -> Self:
        self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._background.aclose()

    def expect(self, room: CallRoom, late: CallRoom, seconds: float, admitted: bool = False) -> None:
        """Look after a room that was handed out, while its token is good."""
        ROOMS.labels(room.line).inc()
        now = time.monotonic()
        self._note(Expected(room, late, now + seconds, admitted, next_look=now + self._pulse))

    def doubt(self, room: CallRoom, seconds: float) -> None:
        """Look after a room whose caller comes back, perhaps because the agent is dead."""
        now = time.monotonic()
        self._note(Expected(room, room, now + seconds, admitted=True, doubted_until=now + GHOST_SECONDS))

    async def release(self, name: str) -> None:
        """Ask for no agent any more: the room is about to be closed, and asking would make it anew, without limits."""
        if one := self._expected.get(name):
            one.attended = True
        async with self._asking:
            pass  # whoever is being asked for at this moment has been

    def _note(self, one: Expected) -> None:
        self._expected[one.room.name] = one
        self._wake.set()

    def _begin(self) -> None:
        self._background.run(self._watch(), "attendance")

    async def _watch(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._pulse)
            self._forget()
            with suppress(LiveKitDown):
                await self._look()

    def _forget(self) -> None:
        now = time.monotonic()
        for name in [name for name, one in self._expected.items() if one.until < now]:
            del self._expected[name]
        if not self._expected:
            self._wake.clear()

    async def _look(self) -> None:
        alive = await self._rooms.alive()
        now = time.monotonic()
        for one in [one for name, one in self._expected.items() if name in alive]:
            if one.sid != alive[one.room.name].sid and not await self._welcome(one, alive):
                continue
            if not one.attended and now >= one.next_look:
                await self._attend(one, now)

    async def _welcome(self, one: Expected, alive: dict[str, Room]) -> bool:
        """Note a room that is new under its name; False if there is no place for it, and it was closed."""
        made_by_its_caller = bool(one.sid) or not one.admitted
        if made_by_its_caller and self._is_one_too_many(alive[one.room.name], alive):
            log.warning("a room too many was closed", room=one.room.name)
            await self._rooms.end(one.room.name)
            del alive[one.room.name]
            return False
        if one.sid:
            one.room = one.late
        if one.sid or not one.attended:
            one.asked, one.attended = 0, False
        if made_by_its_caller:
            one.next_look = time.monotonic() + self._pulse
        one.sid = alive[one.room.name].sid
        return True

    def _is_one_too_many(self, room: Room, alive: dict[str, Room]) -> bool:
        others = [other for other in alive.values() if other.name != room.name]
        return self._capacity.refusal(others, Source.understood(room.metadata)) is not None

    async def _attend(self, one: Expected, now: float) -> None:
        if await self._rooms.has_agent(one.room.name):
            one.attended = now > one.doubted_until
        elif one.asked >= MOST_ASKED:
            log.error("no agent came to a call", room=one.room.name, line=one.room.line)
            UNATTENDED.labels(one.room.line).inc()
            one.attended = True
        elif await self._ask(one):
            one.asked += 1
            one.next_look = now + self._pulse * 2**one.asked
            log.warning("no agent came to a call: asked again", room=one.room.name, time=one.asked)

    async def _ask(self, one: Expected) -> bool:
        async with self._asking:
            return not one.attended and await self._rooms.ask_again(one.room)
