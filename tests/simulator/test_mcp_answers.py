"""Whatever a server of tools answers, the session lives, and the client is told what came of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulator import mcp_client
from simulator.frame import DEEPEST, parsed
from simulator.mind import CallTool
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.test_mcp import LOOK, TEXT, server_of, use
from tests.simulator.wire import Event, Wire, connect

METHODS = ("initialize", "notifications/initialized", "tools/list", "tools/call")
FIND = {"name": "find_order", "inputSchema": {"type": "object"}}
RIGHT: dict[str, Event] = {
    "initialize": {"protocolVersion": "2025-03-26", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}},
    "notifications/initialized": {},
    "tools/list": {"tools": [FIND]},
    "tools/call": {"content": [{"type": "text", "text": "On its way."}], "isError": False},
}
NUMBER = "THE NUMBER OF THE QUESTION"
ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=5)
"""Halves of characters among it."""
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=5,
)
HOSTILE = ("[" * 100_000 + "]" * 100_000, "[" * DEEPEST + "]" * DEEPEST, "9" * 5_000, "1e999", "NaN", '"\\ud83d"')


@dataclass
class Answer:
    """What comes back to a question; None: what is right."""

    body: bytes | None = None
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def to(self, message: Event) -> web.Response:
        right = json.dumps({"jsonrpc": "2.0", "id": NUMBER, "result": RIGHT[message["method"]]})
        body = right.encode() if self.body is None else self.body
        body = body.replace(json.dumps(NUMBER).encode(), str(message.get("id")).encode())
        return web.Response(body=body, status=self.status, headers=self.headers | {"Content-Type": self.kind})


def streamed(*messages: Event | str) -> Answer:
    texts = [message if isinstance(message, str) else json.dumps(message) for message in messages]
    return Answer("".join(f"data: {text}\r\n\r\n" for text in texts).encode(), kind="text/event-stream")


def result(value: Any) -> Event:
    return {"jsonrpc": "2.0", "id": NUMBER, "result": value}


@st.composite
def messages(draw: st.DrawFn) -> str:
    """A right answer with something else at one place of it, or an error like that."""
    whole: Any = draw(
        st.sampled_from([*map(result, RIGHT.values()), {"id": NUMBER, "error": {"code": 1, "message": ""}}])
    )
    text = json.dumps(whole)
    places = [place for place in _pieces(whole) if json.dumps(place) in text]
    odd = draw(ODD.map(json.dumps) | st.sampled_from(HOSTILE))
    return text.replace(json.dumps(draw(st.sampled_from(places))), odd, 1)


def _pieces(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(piece for each in inner for piece in _pieces(each))]


ANSWERS = st.builds(
    Answer,
    st.none()
    | st.binary(max_size=20)
    | messages().map(str.encode)
    | messages().map(lambda m: f"data:{m}\n\n".encode()),
    st.sampled_from([200] * 5 + [202, 204, 302, 400, 500]),
    st.sampled_from(["application/json"] * 3 + ["text/event-stream"] * 2 + ["text/html; charset=utf-99"]),
)


class Server:
    """Answers as it is told; each question's answers in order, the last of them from then on."""

    def __init__(self, **answers: list[Answer]) -> None:
        self.answers = {method.replace("_", "/"): given for method, given in answers.items()}
        self.asked: list[Event] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        message = await request.json()
        self.asked.append(message)
        given = self.answers.get(message["method"], [Answer()])
        return (given.pop(0) if len(given) > 1 else given[0]).to(message)


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/mcp", server.serve)
    async with TestServer(app) as running:
        yield str(running.make_url("/mcp"))


async def settled(wire: Wire, url: str) -> Event:
    """Name the server; how the listing of its tools ended."""
    await wire.ask("session.update", "session.updated", session={"type": "realtime", "tools": [server_of(url)], **TEXT})
    await wire.until("mcp_list_tools.in_progress")
    while (event := await wire.next())["type"] not in ("mcp_list_tools.completed", "mcp_list_tools.failed"):
        pass
    return event


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(METHODS, ANSWERS)))
@example({"tools/list": Answer(json.dumps(result({"tools": [FIND | {"annotations": 5}]})).encode())})
@example({"tools/list": Answer(json.dumps(result({"tools": [FIND | {"description": [5]}]})).encode())})
@example({"tools/list": Answer(b"[" * 100_000)})
@example({"tools/call": Answer(b'{"id": "' + NUMBER.encode() + b'", "error": {"code": Infinity, "message": "x"}}')})
@example({"tools/call": Answer(json.dumps(result({"content": [{"type": "text", "text": "\ud83d"}]})).encode())})
async def test_whatever_it_answers_the_session_lives_and_the_client_is_told(
    caplog: pytest.LogCaptureFixture, answers: dict[str, Answer]
) -> None:
    server = Server()
    server.answers = {method: [answer] for method, answer in answers.items()}
    async with serving(server) as url, Simulator(Given([LOOK])) as simulator, connect(simulator) as wire:
        listed = (await settled(wire, url))["type"]
        done = (await wire.ask("response.create", "response.done"))["response"]
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")

    for event in wire.seen:
        parsed(json.dumps(event))
    assert done["status"] == "completed"
    if done["output"][0]["type"] == "mcp_call":
        assert listed == "mcp_list_tools.completed"
        assert (done["output"][0]["error"] is None) != (done["output"][0]["output"] is None)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_all_pages_of_a_list_are_read() -> None:
    pages = [result({"tools": [FIND], "nextCursor": "more"}), result({"tools": [FIND | {"name": "cancel_order"}]})]
    server = Server(tools_list=[Answer(json.dumps(page).encode()) for page in pages])
    async with serving(server) as url, Simulator(Given()) as simulator, connect(simulator) as wire:
        await use(wire, server_of(url))
    [listed] = [e["item"] for e in wire.seen if e["type"] == "conversation.item.done"]
    assert [tool["name"] for tool in listed["tools"]] == ["find_order", "cancel_order"]
    assert [asked["params"] for asked in server.asked[2:]] == [{}, {"cursor": "more"}]


async def test_a_list_without_an_end_is_given_up() -> None:
    server = Server(tools_list=[Answer(json.dumps(result({"tools": [], "nextCursor": "more"})).encode())])
    async with serving(server) as url, Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await settled(wire, url))["type"] == "mcp_list_tools.failed"
    assert [asked["method"] for asked in server.asked].count("tools/list") == mcp_client.MOST_PAGES


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_an_answer_without_an_end_is_given_up(kind: str) -> None:
    left = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 10_000)
        except ConnectionError:
            left.set()
        return response

    app = web.Application()
    app.router.add_post("/mcp", endless)
    async with TestServer(app) as running, Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await settled(wire, str(running.make_url("/mcp"))))["type"] == "mcp_list_tools.failed"
        async with asyncio.timeout(20):
            await left.wait()


async def test_a_server_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_client, "WITHIN", 0.2)
    over = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/mcp", silent)
    async with TestServer(app) as running, Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await settled(wire, str(running.make_url("/mcp"))))["type"] == "mcp_list_tools.failed"
        over.set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_sent_elsewhere(status: int) -> None:
    inner = Server()
    async with serving(inner) as hidden:
        outer = Server(initialize=[Answer(status=status, headers={"Location": hidden})])
        async with serving(outer) as url, Simulator(Given()) as simulator, connect(simulator) as wire:
            assert (await settled(wire, url))["type"] == "mcp_list_tools.failed"
    assert inner.asked == []


async def test_what_a_server_says_besides_is_passed_over() -> None:
    question = {"jsonrpc": "2.0", "id": NUMBER, "method": "ping"}
    server = Server(
        tools_list=[streamed("", {"method": "notifications/progress"}, question, result({"tools": [FIND]}))]
    )
    async with serving(server) as url, Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await settled(wire, url))["type"] == "mcp_list_tools.completed"


async def test_two_responses_may_ask_a_server_at_the_same_time() -> None:
    both = asyncio.Barrier(2)

    class Slow(Server):
        async def serve(self, request: web.Request) -> web.StreamResponse:
            if (await request.json())["method"] == "tools/call":
                await both.wait()
            return await super().serve(request)

    mind = Given([LOOK], [CallTool("find_order", {})], otherwise="So.")
    async with serving(Slow()) as url, Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, server_of(url))
        for _ in range(2):
            await wire.send("response.create", response={"conversation": "none"})
        done = [(await wire.until("response.done"))["response"]["output"][0] for _ in range(2)]
    assert [call["output"] for call in done] == ["On its way."] * 2
