"""Cartesia's speech as server-sent events: what a context says, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.backend import Backend
from simulator.cartesia_request import Speech as Asked
from simulator.cartesia_sound import CHUNK_MS, chunk_message, chunks, time_messages
from simulator.faults import Fault
from simulator.sound import encode
from simulator.times import drawn
from simulator.voice import Speech


class CartesiaStream:
    """One answer."""

    def __init__(self, request: web.Request, asked: Asked, backend: Backend) -> None:
        self._request = request
        self._asked = asked
        self._backend = backend
        self._fault: Fault | None = backend.faults.take("cartesia_drop")
        self._response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})

    async def send(self, speech: Speech) -> web.StreamResponse:
        """All of it, at the pace of the options; as much of it as a fault lets through."""
        await self._response.prepare(self._request)
        for message in time_messages(self._asked, speech, 0.0):
            await self._event(message)
        if await self._play(speech):
            await self._event({"type": "done", "done": True, "status_code": 200})
            await self._response.write_eof()
        return self._response

    async def _play(self, speech: Speech) -> bool:
        form = self._asked.output_format
        data = await asyncio.to_thread(encode, speech.pcm, form.encoding, form.sample_rate)
        pace = drawn(self._backend.options.cartesia_pace, self._backend.dice)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for index, chunk in enumerate(chunks(data, speech.ms)):
            if (wait := begun + index * CHUNK_MS / 1000 / pace - loop.time()) > 0:
                await asyncio.sleep(wait)
            await self._event(chunk_message(chunk))
            if self._fault and index * CHUNK_MS >= self._fault.number("after_ms"):
                if self._request.transport is not None:
                    self._request.transport.close()
                return False
        return True

    async def _event(self, message: Mapping[str, Any]) -> None:
        named = {**message, "context_id": self._asked.context_id}
        await self._response.write(f"event: {message['type']}\ndata: {json.dumps(named)}\n\n".encode())
