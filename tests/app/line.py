"""A line of real parts whose web app runs in the test, and a caller who is a program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from livekit import api

from switchboard.database import Database
from tests.browser.participant import Participant
from tests.browser.stack import Program, Stack
from tests.switchboard.http.house import eventually

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
async def in_the_room(line: Line, call: dict[str, str]) -> AsyncIterator[Participant]:
    caller = Participant()
    await caller.room.connect(line.stack.livekit.url, call["participant_token"])
    try:
        yield caller
    finally:
        await caller.room.disconnect()
