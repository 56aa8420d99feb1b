"""A line of real parts whose web app runs in the test, and a caller who is a program."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
from livekit import api

from switchboard.database import Database
from tests.browser.participant import Participant
from tests.browser.stack import Program, Stack
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import eventually, open_house, with_database

AGENT = "one-to-a-room"


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


@asynccontextmanager
async def open_line(livekit: LiveKitServer, database: str, folder: Path, agent: str = AGENT) -> AsyncIterator[Line]:
    """A line whose simulator and worker are still to be started; its worker is found by the name `agent`."""
    stack = Stack(livekit, database, folder, agent=agent)
    try:
        async with (
            open_house(replace(livekit.access, agent_name=agent), with_database(database)) as house,
            house.caller() as caller,
            livekit.api() as server,
            aclosing(Database(database)) as ledger,
        ):
            yield Line(stack, caller, server, ledger)
    finally:
        stack.stop()


@asynccontextmanager
async def in_the_room(line: Line, call: dict[str, str]) -> AsyncIterator[Participant]:
    caller = Participant()
    await caller.room.connect(line.stack.livekit.url, call["participant_token"])
    try:
        yield caller
    finally:
        await caller.room.disconnect()
