"""A recorded client once more: it does nothing before the server has come as far as it had then."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from simulator.replay import Replay
from tests.simulator.written import client, recording, server

PIECE = "response.output_audio_transcript.delta"
LATE = 0.3
"""In seconds: so much later than the recorded server ours sends the first piece."""


async def test_an_answer_is_not_cut_off_before_its_first_piece_has_come(tmp_path: Path) -> None:
    order: list[str] = []

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            kind = json.loads(message.data)["type"]
            order.append(kind)
            if kind == "response.create":
                await socket.send_json({"type": "response.created", "response": {"id": "resp_1"}})
                asyncio.get_running_loop().call_later(LATE, late.set)
                sending.append(asyncio.create_task(send_piece(socket)))
            if kind == "response.cancel":
                await socket.send_json({"type": "response.done", "response": {"id": "resp_1"}})
            if kind == "input_audio_buffer.clear":
                await socket.send_json({"type": "input_audio_buffer.cleared"})
        return socket

    async def send_piece(socket: web.WebSocketResponse) -> None:
        await late.wait()
        order.append("the first piece")
        await socket.send_json({"type": PIECE, "item_id": "item_1", "delta": "Yes"})

    late, sending = asyncio.Event(), list[asyncio.Task[None]]()
    lines = (
        client("response.create"),
        server("response.created", response={"id": "resp_1"}),
        server(PIECE, item_id="item_1", delta="Yes"),
        client("response.cancel"),
        server("response.done", response={"id": "resp_1"}),
    )
    told = recording(tmp_path, *(line | {"at": place / 100} for place, line in enumerate(lines)))
    app = web.Application()
    app.router.add_get("/", serve)
    async with TestServer(app) as ours, ClientSession() as http, http.ws_connect(ours.make_url("/")) as socket:
        await Replay(told, socket).run()

    assert order[:3] == ["response.create", "the first piece", "response.cancel"]
