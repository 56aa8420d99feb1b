"""Cartesia's speech as server-sent events: what a context says, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.backend import Backend
from simulator.cartesia_request import StreamedSpeech as Asked
from simulator.cartesia_sound import chunk_message, played, time_messages
from simulator.faults import Fault
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
        async for at_ms, chunk in played(speech, self._asked.output_format, self._backend):
            await self._event(chunk_message(chunk))
            if self._fault and at_ms >= self._fault.number("after_ms"):
                if self._request.transport is not None:
                    self._request.transport.close()
                return False
        return True

    async def _event(self, message: Mapping[str, Any]) -> None:
        named = {**message, "context_id": self._asked.context_id}
        await self._response.write(f"event: {message['type']}\ndata: {json.dumps(named)}\n\n".encode())
