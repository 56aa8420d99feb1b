"""Tools of MCP servers: listed, called, approved, and what goes wrong, against a server that the test starts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator.mind import CallTool, Say
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import PREVIEW, Event, Wire, connect

SCHEMA = {"type": "object", "properties": {"number": {"type": "string"}}}
TOOLS = [
    {"name": "find_order", "description": "Finds.", "inputSchema": SCHEMA, "annotations": {"readOnlyHint": True}},
    {"name": "cancel_order", "description": "Cancels.", "inputSchema": SCHEMA},
]
TEXT = {"output_modalities": ["text"]}
LOOK = CallTool("find_order", {"number": "10042"})


class Shop:
    """A server of tools, as the protocol's document of 2025-03-26 has it."""

    def __init__(self, streamed: bool = False) -> None:
        self._streamed = streamed
        self.asked: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Any] = {}
        """Method -> another answer than the right one."""

    async def serve(self, request: web.Request) -> web.Response:
        message = await request.json()
        method = message["method"]
        self.asked.append((method, message.get("params")))
        self.headers.append(dict(request.headers))
        if "id" not in message:
            return web.Response(status=202)
        answer = self.answers.get(method) or getattr(self, f"_{method.replace('/', '_')}")(message["params"])
        if isinstance(answer, web.Response):
            return answer
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer})
        headers = {"Mcp-Session-Id": "s1"} if method == "initialize" else {}
        if self._streamed:
            return web.Response(
                text=f"event: message\ndata: {body}\n\n", content_type="text/event-stream", headers=headers
            )
        return web.Response(text=body, content_type="application/json", headers=headers)

    def _initialize(self, params: Event) -> Event:
        return {"result": {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                           "serverInfo": {"name": "shop", "version": "1"}}}  # fmt: skip

    def _tools_list(self, _params: Event) -> Event:
        return {"result": {"tools": TOOLS}}

    def _tools_call(self, params: Event) -> Event:
        return {"result": {"content": [{"type": "text", "text": f"{params['name']}: on its way"}]}}


@pytest.fixture
async def shop() -> AsyncIterator[tuple[Shop, str]]:
    async for pair in serving(Shop()):
        yield pair


async def serving(shop: Shop) -> AsyncIterator[tuple[Shop, str]]:
    app = web.Application()
    app.router.add_post("/mcp", shop.serve)
    async with TestServer(app) as server:
        yield shop, str(server.make_url("/mcp"))


def server_of(url: str, **fields: Any) -> Event:
    return {"type": "mcp", "server_label": "shop", "server_url": url, "require_approval": "never"} | fields


async def use(wire: Wire, *tools: Event, told: str = "mcp_list_tools.completed") -> Event:
    """Name the servers; the session as it is told, when they have been asked."""
    session = {"type": "realtime", "tools": list(tools)} | TEXT
    updated = await wire.ask("session.update", "session.updated", session=session)
    await wire.until(told)
    shown: Event = updated["session"]
    return shown


async def test_tools_are_listed_as_an_item_of_the_conversation(shop: tuple[Shop, str]) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await use(wire, server_of(shop[1]))
        kinds = wire.kinds()[1:]
        listed = wire.seen[-2]["item"]

    assert kinds == ["session.updated", "conversation.item.added", "mcp_list_tools.in_progress",
                     "conversation.item.done", "mcp_list_tools.completed"]  # fmt: skip
    assert wire.seen[2]["item"]["tools"] == []
    assert (listed["type"], listed["server_label"]) == ("mcp_list_tools", "shop")
    assert [(tool["name"], tool["input_schema"]) for tool in listed["tools"]] == [
        ("find_order", SCHEMA), ("cancel_order", SCHEMA)]  # fmt: skip
    assert [method for method, _ in shop[0].asked] == ["initialize", "notifications/initialized", "tools/list"]
    assert shop[0].headers[2]["Mcp-Session-Id"] == "s1"


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_tool_is_called_and_answered_in_one_response(streamed: bool) -> None:
    mind = Given([Say("Let me look."), LOOK], "It is on its way.")
    async for shop, url in serving(Shop(streamed)):
        async with Simulator(mind) as simulator, connect(simulator) as wire:
            await use(wire, server_of(url))
            wire.seen.clear()
            done = (await wire.ask("response.create", "response.done"))["response"]
            kinds = [kind for kind in wire.kinds() if "mcp" in kind]

        assert [item["type"] for item in done["output"]] == ["message", "mcp_call", "message"]
        call = done["output"][1]
        assert (call["arguments"], call["output"], call["error"]) == (
            '{"number": "10042"}', "find_order: on its way", None)  # fmt: skip
        assert kinds == ["response.mcp_call_arguments.delta", "response.mcp_call_arguments.done",
                         "response.mcp_call.in_progress", "response.mcp_call.completed"]  # fmt: skip
        assert shop.asked[-1] == ("tools/call", {"name": "find_order", "arguments": {"number": "10042"}})
        assert [tool.name for tool in mind.requests[0].tools] == ["find_order", "cancel_order"]
        assert [(i.type, i.output) for i in mind.requests[1].items[-2:]] == [
            ("function_call", None), ("function_call_output", "find_order: on its way")]  # fmt: skip
        assert [e["output_index"] for e in wire.seen if e["type"] == "response.output_item.added"] == [0, 1, 2]


@pytest.mark.parametrize("approve", [True, False])
async def test_a_call_waits_for_approval(shop: tuple[Shop, str], approve: bool) -> None:
    mind = Given([LOOK], "That is settled.")
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, server_of(shop[1], require_approval="always"))
        first = (await wire.ask("response.create", "response.done"))["response"]["output"]
        assert [item["type"] for item in first] == ["mcp_approval_request"]
        assert (first[0]["name"], first[0]["arguments"]) == ("find_order", '{"number": "10042"}')
        assert "tools/call" not in [method for method, _ in shop[0].asked]

        answer = {
            "type": "mcp_approval_response",
            "id": "a1",
            "approval_request_id": first[0]["id"],
            "approve": approve,
        }
        await wire.ask("conversation.item.create", "conversation.item.done", item=answer)
        second = (await wire.ask("response.create", "response.done"))["response"]["output"]
        third = (await wire.ask("response.create", "response.done"))["response"]["output"]

    kinds = ["mcp_call", "message"] if approve else ["message"]
    assert [item["type"] for item in second] == kinds
    assert [item["type"] for item in third] == ["message"]
    assert second[0].get("approval_request_id") == (first[0]["id"] if approve else None)
    heard = [item.output for item in mind.requests[1].items if item.output is not None]
    assert heard == (["find_order: on its way"] if approve else ["The call was not approved."])


async def test_only_a_request_can_be_approved() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        answer = {"type": "mcp_approval_response", "id": "a1", "approval_request_id": "nobody", "approve": True}
        error = await wire.error("conversation.item.create", item=answer)
        assert (error["code"], error["param"]) == ("item_not_found", "item.approval_request_id")


@pytest.mark.parametrize(
    ("wanted", "asks"),
    [
        (None, (True, True)),
        ({"never": {"tool_names": ["find_order"]}}, (False, True)),
        ({"never": {"read_only": True}}, (False, True)),
        ({"always": {"tool_names": ["cancel_order"]}}, (False, True)),
        ({"always": {"tool_names": ["cancel_order"]}, "never": {"tool_names": ["find_order"]}}, (False, True)),
    ],
)
async def test_which_calls_wait_is_the_sessions_to_say(
    shop: tuple[Shop, str], wanted: object, asks: tuple[bool, bool]
) -> None:
    mind = Given([LOOK], "So.", [CallTool("cancel_order", {})], otherwise="So.")
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, server_of(shop[1], require_approval=wanted))
        kinds: list[str] = []
        while len(kinds) < 2:
            output = (await wire.ask("response.create", "response.done"))["response"]["output"]
            kinds += [item["type"] for item in output if item["type"].startswith("mcp")]
    assert kinds == ["mcp_approval_request" if each else "mcp_call" for each in asks]


@pytest.mark.parametrize(
    ("fields", "choice", "names"),
    [
        ({"allowed_tools": ["find_order"]}, "auto", ["find_order"]),
        ({"allowed_tools": {"read_only": False}}, "auto", ["cancel_order"]),
        ({}, {"type": "mcp", "server_label": "shop", "name": "cancel_order"}, ["cancel_order"]),
        ({}, {"type": "mcp", "server_label": "shop"}, ["find_order", "cancel_order"]),
        ({}, {"type": "function", "name": "look"}, ["look"]),
        ({}, "none", []),
        ({}, "auto", ["look", "find_order", "cancel_order"]),
    ],
)
async def test_a_session_and_a_response_choose_among_tools(
    shop: tuple[Shop, str], fields: Event, choice: object, names: list[str]
) -> None:
    mind = Given()
    look = [] if fields else [{"type": "function", "name": "look"}]
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, *look, server_of(shop[1], **fields))
        await wire.ask("response.create", "response.done", response={"tool_choice": choice})
    assert [tool.name for tool in mind.requests[0].tools] == names


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": {"code": -32602, "message": "No such order."}},
         {"type": "protocol_error", "code": -32602, "message": "No such order."}),
        ({"result": {"isError": True, "content": [{"type": "text", "text": "It is too late."}]}},
         {"type": "tool_execution_error", "message": "It is too late."}),
        (web.Response(status=503), {"type": "http_error", "code": 503, "message": "The server answers with 503."}),
        (web.Response(text="[]", content_type="application/json"),
         {"type": "protocol_error", "code": -32603, "message": "The server does not answer as an MCP server does."}),
        ({"result": {"content": [5]}},
         {"type": "protocol_error", "code": -32603, "message": "The server does not answer as an MCP server does."}),
        ({"result": 5},
         {"type": "protocol_error", "code": -32603, "message": "The server does not answer as an MCP server does."}),
    ],
)  # fmt: skip
async def test_a_call_may_fail_and_the_answer_goes_on(shop: tuple[Shop, str], answer: Any, error: Event) -> None:
    shop[0].answers["tools/call"] = answer
    mind = Given([LOOK], "I am sorry.")
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, server_of(shop[1]))
        done = (await wire.ask("response.create", "response.done"))["response"]
        kinds = wire.kinds()
    assert (done["status"], done["output"][0]["error"]) == ("completed", error)
    assert done["output"][1]["content"][0]["text"] == "I am sorry."
    assert "response.mcp_call.failed" in kinds
    assert mind.requests[1].items[-1].output == error["message"]


async def test_a_server_that_is_not_there_is_told_and_its_tools_are_not_offered(unused_tcp_port: int) -> None:
    mind = Given()
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await use(wire, server_of(f"http://127.0.0.1:{unused_tcp_port}"), told="mcp_list_tools.failed")
        await wire.ask("response.create", "response.done")
    assert mind.requests[0].tools == ()


async def test_a_server_is_asked_again_only_when_it_is_named_otherwise(shop: tuple[Shop, str]) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await use(wire, server_of(shop[1]))
        again = {"type": "realtime", "tools": [server_of(shop[1])]}
        await wire.ask("session.update", "session.updated", session=again)
        await wire.ask("response.create", "response.done")
        await use(wire, server_of(shop[1], allowed_tools=["find_order"]))
    assert [method for method, _ in shop[0].asked].count("tools/list") == 2


async def test_how_a_server_is_signed_in_to_is_told_to_nobody_else(shop: tuple[Shop, str]) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        told = await use(wire, server_of(shop[1], authorization="a-secret", headers={"X-Team": "b-secret"}))
    assert "secret" not in json.dumps(wire.seen)
    assert told["tools"][0]["server_label"] == "shop"
    sent = shop[0].headers[-1]
    assert (sent["Authorization"], sent["X-Team"]) == ("Bearer a-secret", "b-secret")


@pytest.mark.parametrize(
    ("tool", "code", "param"),
    [
        ({"type": "mcp", "server_url": "http://x"}, "missing_required_parameter", "server_label"),
        ({"type": "mcp", "server_label": "a"}, "missing_required_parameter", "server_url"),
        ({"type": "mcp", "server_label": "a", "server_url": "file:///etc"}, "invalid_value", "server_url"),
        ({"type": "mcp", "server_label": "a", "connector_id": "connector_gmail"}, "invalid_value", "connector_id"),
        ({"type": "mcp", "server_label": "a", "tunnel_id": "t"}, "invalid_value", "tunnel_id"),
        ({"type": "mcp", "server_label": "a", "server_url": "http://x", "require_approval": "maybe"},
         "invalid_value", "require_approval"),
        ({"type": "mcp", "server_label": "a", "server_url": "http://x", "allowed_tools": [5]},
         "invalid_type", "allowed_tools[0]"),
        ({"name": "no good"}, "invalid_value", "name"),
    ],
)  # fmt: skip
async def test_a_wrong_server_is_refused(tool: Event, code: str, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        error = await wire.error("session.update", session={"type": "realtime", "tools": [tool]})
        assert (error["code"], error["param"]) == (code, f"session.tools[0].{param}")


async def test_the_preview_knows_no_servers() -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        error = await wire.error("session.update", session={"tools": [server_of("http://x")]})
        assert error["param"].startswith("session.tools[0]")
