"""What third parties captured of the real service, each with the option that turns it off."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, KEY, PATIENCE, PREVIEW, Event, Wire, connect

OPENAI = "/v1/realtime?model=my-deployment"
TEXT = {"output_modalities": ["text"]}
ON_OFF = [(Options(), True), (Options(item_done_first=False), False)]


def hello(item_id: str) -> Event:
    content = [{"type": "input_text", "text": "Hello."}]
    return {"id": item_id, "type": "message", "role": "user", "content": content}


async def create(wire: Wire, item_id: str, **fields: str) -> Event:
    return await wire.ask("conversation.item.create", "conversation.item.done", item=hello(item_id), **fields)


@pytest.mark.parametrize(("options", "first"), ON_OFF)
async def test_an_item_is_done_in_the_conversation_before_it_is_in_the_response(options: Options, first: bool) -> None:
    async with Simulator(Given(), options) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.done", response=TEXT)
        kinds = wire.kinds()
        assert (kinds.index("conversation.item.done") < kinds.index("response.output_item.done")) is first


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_a_binary_frame_is_no_event(path: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path) as wire:
        await wire.socket.send_bytes(b'{"type": "input_audio_buffer.clear"}')
        error = (await wire.until("error"))["error"]
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", "invalid_event", None)
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")


async def test_a_binary_frame_may_be_passed_over() -> None:
    async with Simulator(Given(), Options(binary_refused=False)) as simulator, connect(simulator) as wire:
        await wire.socket.send_bytes(b"{}")
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        assert wire.kinds() == ["session.created", "input_audio_buffer.cleared"]


async def test_a_binary_frame_keeps_its_place_on_a_slow_network() -> None:
    async with Simulator(Given(), Options(round_trip=0.02)) as simulator, connect(simulator) as wire:
        await wire.socket.send_bytes(b"{}")
        await wire.send("input_audio_buffer.clear")
        assert [(await wire.next())["type"] for _ in range(2)] == ["error", "input_audio_buffer.cleared"]


@pytest.mark.parametrize("side", ["input", "output"])
async def test_another_sampling_rate_is_below_the_smallest(side: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        audio = {side: {"format": {"type": "audio/pcm", "rate": 16_000}}}
        error = await wire.error("session.update", session={"type": "realtime", "audio": audio})
        assert (error["code"], error["param"]) == ("integer_below_min_value", f"session.audio.{side}.format.rate")


@pytest.mark.parametrize("obfuscation", [True, False])
async def test_deltas_are_padded_against_who_counts_bytes(obfuscation: bool) -> None:
    options = Options() if obfuscation else Options(obfuscation=False)
    async with Simulator(Given("One two."), options) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.done", response=TEXT)
        deltas = [event for event in wire.seen if event["type"].endswith(".delta")]
        assert deltas
        assert all(bool(event.get("obfuscation")) is obfuscation for event in deltas)


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_a_client_is_pinged_as_long_as_it_stays(path: str) -> None:
    async with Simulator(Given(), Options(ping=0.02)) as simulator, aiohttp.ClientSession() as http:
        socket = await http.ws_connect(simulator.url + path, headers=KEY, autoping=False)
        async with socket, asyncio.timeout(PATIENCE):
            pings = 0
            while pings < 3:
                pings += (await socket.receive()).type is aiohttp.WSMsgType.PING


def test_a_ping_is_sent_every_20_seconds() -> None:
    assert Options().ping == 20.0


async def test_pings_can_be_left_out() -> None:
    async with Simulator(Given(), Options(ping=None)) as simulator, connect(simulator) as wire:
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")


@pytest.mark.parametrize(
    ("options", "message", "param"),
    [
        (Options(), "Error deleting item: the item with id 'nobody' does not exist.", None),
        (Options(own_delete_error=False), "Item with item_id 'nobody' not found.", "item_id"),
    ],
)
async def test_an_unknown_item_cannot_be_deleted(options: Options, message: str, param: str | None) -> None:
    async with Simulator(Given(), options) as simulator, connect(simulator) as wire:
        error = await wire.error("conversation.item.delete", item_id="nobody")
        assert (error["code"], error["message"], error["param"]) == ("item_delete_invalid_item_id", message, param)


async def test_an_empty_previous_id_appends() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await create(wire, "one")
        assert (await create(wire, "two", previous_item_id=""))["previous_item_id"] == "one"


async def test_an_empty_previous_id_may_be_nobodys() -> None:
    async with Simulator(Given(), Options(empty_previous_appends=False)) as simulator, connect(simulator) as wire:
        error = await wire.error("conversation.item.create", item=hello("two"), previous_item_id="")
        assert (error["code"], error["param"]) == ("item_not_found", "previous_item_id")


async def test_two_items_may_have_one_id_and_events_mean_the_first() -> None:
    async with Simulator(Given(), Options(duplicate_item_ids=True)) as simulator, connect(simulator) as wire:
        added = [await create(wire, item_id) for item_id in ("one", "two", "one", "three")]
        assert [event["previous_item_id"] for event in added] == [None, "one", "two", "one"]

        await wire.ask("conversation.item.delete", "conversation.item.deleted", item_id="one")
        assert (await create(wire, "four", previous_item_id="one"))["previous_item_id"] == "one"
        await wire.ask("conversation.item.delete", "conversation.item.deleted", item_id="one")
        assert (await wire.error("conversation.item.delete", item_id="one"))["code"] == "item_delete_invalid_item_id"


@pytest.mark.parametrize(
    ("headers", "path", "close", "code"),
    [
        ({"Authorization": "Bearer mistaken"}, OPENAI, 3000, "invalid_api_key"),
        ({}, OPENAI, 3000, "invalid_api_key"),
        ({"Authorization": "Bearer right"}, "/v1/realtime?model=other", 4000, "model_not_found"),
        ({"Authorization": "Bearer right"}, "/v1/realtime", 4000, "model_not_found"),
        ({"Authorization": "Bearer right"}, "/v1/realtime?model=ended", 4000, "model_not_found"),
    ],
)
async def test_openai_refuses_in_a_socket_of_its_own(headers: Event, path: str, close: int, code: str) -> None:
    options = Options(api_key="right", deployments=frozenset({"my-deployment", "ended"}), models={"ended": 1})
    async with Simulator(Given(), options) as simulator, aiohttp.ClientSession() as http:
        async with http.ws_connect(simulator.url + path, headers=headers) as socket:
            event = await socket.receive_json(timeout=PATIENCE)
            end = await socket.receive(timeout=PATIENCE)
        assert (event["type"], event["error"]["type"], event["error"]["code"]) == (
            "error",
            "invalid_request_error",
            code,
        )
        assert (end.type, end.data, end.extra) == (aiohttp.WSMsgType.CLOSE, close, f"invalid_request_error.{code}")
        assert "mistaken" not in str(event)
        assert simulator.opened == 0


async def test_openai_may_refuse_with_a_status() -> None:
    options = Options(api_key="right", openai_refusal="status")
    async with Simulator(Given(), options) as simulator, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(simulator.url + OPENAI, headers=KEY)
        assert refused.value.status == 401


async def test_what_is_no_websocket_is_told_so_at_openai_too() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        assert (await http.get(simulator.url + OPENAI)).status == 400
