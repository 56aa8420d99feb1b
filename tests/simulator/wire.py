"""A realtime client on the bare socket, for what the plugins never do."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import numpy as np

from simulator.server import Simulator
from tests.simulator import typed

Event = dict[str, Any]
GA = "/openai/v1/realtime?model=my-deployment"
PREVIEW = "/openai/realtime?api-version=2025-04-01-preview&deployment=my-deployment"
KEY = {"api-key": "a-key"}
SILENCE = bytes(4800)
"""100 ms"""
PATIENCE = 30.0
"""Against a test that would hang; no promise of the simulator's."""


class Wire:
    """Sends events and reads what comes back, in order; whatever comes has to be what the dialect's types say."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, preview: bool = False) -> None:
        self.socket = socket
        self._preview = preview
        self.seen: list[Event] = []

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a client event."""
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def next(self) -> Event:
        """The next server event."""
        async with asyncio.timeout(PATIENCE):
            event: Event = json.loads(await self.socket.receive_str())
        typed.check(event, self._preview)
        self.seen.append(event)
        return event

    async def until(self, kind: str) -> Event:
        """Read up to the next event of this type."""
        while True:
            event = await self.next()
            if event["type"] == kind:
                return event

    async def ask(self, kind: str, answer: str, **fields: Any) -> Event:
        """Send an event and read up to what answers it."""
        await self.send(kind, **fields)
        return await self.until(answer)

    async def error(self, kind: str, **fields: Any) -> Event:
        """Send an event that has to be refused; the error's body."""
        body: Event = (await self.ask(kind, "error", event_id="mine", **fields))["error"]
        assert body["event_id"] == "mine"
        return body

    async def append(self, pcm: bytes) -> None:
        """Send audio in chunks of 100 ms."""
        for start in range(0, len(pcm), 4800):
            audio = base64.b64encode(pcm[start : start + 4800]).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def closed(self) -> aiohttp.WSMessage:
        """Read up to the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            while (message := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                self.seen.append(json.loads(message.data))
                typed.check(self.seen[-1], self._preview)
            return message

    def kinds(self) -> list[str]:
        """The types of what was read so far, deltas once."""
        kinds = [event["type"] for event in self.seen]
        return [k for i, k in enumerate(kinds) if i == 0 or not (k.endswith("delta") and k in kinds[max(0, i - 2) : i])]


@asynccontextmanager
async def connect(simulator: Simulator, path: str = GA, greeted: bool = True) -> AsyncIterator[Wire]:
    """A client that is connected and has read `session.created`."""
    async with aiohttp.ClientSession() as http, http.ws_connect(simulator.url + path, headers=KEY) as socket:
        wire = Wire(socket, preview=path.startswith("/openai/realtime"))
        if greeted:
            await wire.until("session.created")
        yield wire


def tone(seconds: float) -> bytes:
    """Something loud that is no speech."""
    time = np.arange(int(24_000 * seconds)) / 24_000
    return (8000 * np.sin(2 * np.pi * 220 * time)).astype(np.int16).tobytes()
