"""The simulator as a whole: who may enter, what it tells, how it stops."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, KEY, PREVIEW, connect

BEARER = {"Authorization": "Bearer a-token"}


async def refusal(simulator: Simulator, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Status and code of a connection that is refused."""
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    async with aiohttp.ClientSession() as http, http.get(simulator.url + path, headers=upgrade | headers) as response:
        return response.status, (await response.json())["error"]["code"]


@pytest.mark.parametrize("path", [GA, "/v1/realtime?model=x", "/realtime?model=x", PREVIEW])
@pytest.mark.parametrize("headers", [KEY, BEARER, KEY | BEARER])
async def test_every_path_takes_a_key_or_a_token(path: str, headers: dict[str, str]) -> None:
    async with (
        Simulator(Given()) as simulator,
        aiohttp.ClientSession() as http,
        http.ws_connect(simulator.url + path, headers=headers) as socket,
    ):
        assert (await socket.receive_json())["type"] == "session.created"


async def test_the_key_may_be_in_the_query() -> None:
    async with Simulator(Given(), Options(api_key="right")) as simulator, aiohttp.ClientSession() as http:
        async with http.ws_connect(f"{simulator.url}{GA}&api-key=right") as socket:
            assert (await socket.receive_json())["type"] == "session.created"
        assert await refusal(simulator, f"{GA}&api-key=wrong", {}) == (401, "401")


@pytest.mark.parametrize(
    ("path", "headers", "answer"),
    [
        (GA, {}, (401, "401")),
        (GA, {"api-key": "wrong"}, (401, "401")),
        (GA, {"Authorization": "Bearer wrong"}, (401, "401")),
        (GA + "&api-version=2025-04-01-preview", {"api-key": "right"}, (401, "401")),
        ("/openai/v1/realtime", {"api-key": "right"}, (404, "DeploymentNotFound")),
        ("/openai/v1/realtime?model=other", {"api-key": "right"}, (404, "DeploymentNotFound")),
        ("/openai/realtime?deployment=my-deployment", {"api-key": "right"}, (404, "404")),
        ("/openai/realtime?api-version=x", {"api-key": "right"}, (404, "DeploymentNotFound")),
    ],
)
async def test_a_wrong_way_of_connecting_is_refused_as_azure_does(
    path: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    options = Options(api_key="right", token="a-token", deployments=frozenset({"my-deployment"}))
    async with Simulator(Given(), options) as simulator:
        assert await refusal(simulator, path, headers) == answer
        assert simulator.opened == 0


@pytest.mark.parametrize("path", [GA, PREVIEW])
async def test_a_model_past_its_end_opens_no_session_and_those_that_are_open_stay(path: str) -> None:
    async with Simulator(Given(), Options(models={"my-deployment": 2**31})) as simulator:
        async with connect(simulator, path) as wire:
            simulator.change(models={"my-deployment": int(time.time()) - 1})
            assert await refusal(simulator, path, KEY) == (410, "ModelDeprecated")
            await wire.ask("response.create", "response.done")
        simulator.change(models={"another": 1})
        async with connect(simulator, path):
            pass


async def test_a_token_is_refused_after_its_lifetime() -> None:
    async with Simulator(Given(), Options(token_lifetime=0.05)) as simulator, aiohttp.ClientSession() as http:
        async with http.ws_connect(simulator.url + GA, headers=BEARER) as socket:
            await socket.receive_json()
            await asyncio.sleep(0.06)
            assert await refusal(simulator, GA, BEARER) == (401, "401")
            assert not socket.closed
        async with http.ws_connect(simulator.url + GA, headers={"Authorization": "Bearer new"}) as socket:
            await socket.receive_json()


async def test_a_plain_request_is_told_what_to_do() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        response = await http.get(simulator.url + GA, headers=KEY)
        assert response.status == 400


async def test_health_counts_the_realtime_sockets() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        async with connect(simulator), connect(simulator, PREVIEW):
            assert await (await http.get(simulator.url + "/health")).json() == {"open": 2, "opened": 2}
        await simulator.wait_for(lambda: simulator.open == 0)
        assert await (await http.get(simulator.url + "/health")).json() == {"open": 0, "opened": 2}


async def test_frames_are_kept_with_their_session_and_without_audio() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.append(bytes(4800))
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared", event_id="e1")

        appended, cleared = simulator.frames
        assert appended.session_id == wire.seen[0]["session"]["id"]
        assert appended.event["audio"].endswith("… (6400 characters)")
        assert appended.time <= cleared.time <= time.monotonic()
        assert simulator.received("input_audio_buffer.clear") == [
            {"type": "input_audio_buffer.clear", "event_id": "e1"}
        ]


async def test_waiting_ends_when_it_becomes_true_or_takes_too_long() -> None:
    async with Simulator(Given()) as simulator:
        waiting = asyncio.create_task(simulator.wait_for(lambda: simulator.received("response.create")))
        async with connect(simulator) as wire:
            await wire.send("response.create")
            assert len(await waiting) == 1
        with pytest.raises(TimeoutError):
            await simulator.wait_for(lambda: simulator.opened == 5, within=0.05)


async def test_it_stops_at_once_with_clients_on_it() -> None:
    simulator = Simulator(Given("This is a long sentence that takes a while, and then some more of it."))
    async with simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.output_audio.delta")
        begun = time.monotonic()
        await simulator.stop()
        await wire.closed()

        assert time.monotonic() - begun < 1.5
        assert wire.socket.close_code == 1001
    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.url


async def test_a_taken_port_is_an_error() -> None:
    async with Simulator(Given()) as simulator:
        with pytest.raises(OSError, match="address already in use"):
            await Simulator(Given(), port=simulator.port).start()
