"""The proxy between a client and 'the real service', which is a simulator here: real sockets, all the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from simulator.options import Options
from simulator.playback import Playback
from simulator.proxy import EndpointError, Proxy
from simulator.recording import Recording
from simulator.server import Simulator
from simulator.tape import Recorder
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, Wire, connect

KEY = "5d41402abc4b2a76b9719d911017c592"
TEXT = {"output_modalities": ["text"]}


@asynccontextmanager
async def through(proxy: Proxy, path: str = GA, headers: dict[str, str] | None = None) -> AsyncIterator[Wire]:
    """A client that knows the proxy only."""
    brought = {"api-key": KEY} if headers is None else headers
    async with aiohttp.ClientSession() as http, http.ws_connect(proxy.url + path, headers=brought) as socket:
        yield Wire(socket, preview=path == PREVIEW)


def recording(folder: Path) -> Recording:
    (file,) = folder.glob("*.jsonl")
    return Recording.load(file)


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_all_frames_pass_and_are_recorded(path: str, tmp_path: Path) -> None:
    service = Simulator(Given("Hello, you."), Options(api_key=KEY), recorder=Recorder(tmp_path / "there"))
    async with service, Proxy(service.url, Recorder(tmp_path / "here", "real.example")) as proxy:
        async with through(proxy, path) as wire:
            await wire.until("session.created")
            await wire.ask("response.create", "rate_limits.updated")
        await service.wait_for(lambda: not service.open)

    here, there = recording(tmp_path / "here"), recording(tmp_path / "there")
    assert here.opening.service == "real.example"
    assert [here.whole(frame) for frame in here.sent("server")] == wire.seen
    for side in ("client", "server"):
        frames = [[(frame.event, frame.close) for frame in each.frames if frame.side == side] for each in (here, there)]
        assert frames[0] == frames[1]
    assert KEY not in "".join(file.read_text() for file in tmp_path.glob("*/*.jsonl"))  # noqa: ASYNC240 - a test's own


async def test_a_recording_of_the_service_is_played_like_one_of_ours(tmp_path: Path) -> None:
    service = Simulator(Given("Hello, you."))
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy, through(proxy) as wire:
        await wire.until("session.created")
        await wire.ask("response.create", "response.done", response=TEXT)

    playback = Playback(recording(tmp_path))
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done", response=TEXT)
    assert done["response"]["output"][0]["content"][0]["text"] == "Hello, you."
    playback.check()


async def test_the_key_that_a_client_brings_opens_the_service_and_no_other_does(tmp_path: Path) -> None:
    service = Simulator(Given(), Options(api_key=KEY))
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy:
        async with through(proxy, headers={"Authorization": f"Bearer {KEY}"}) as wire:
            await wire.until("session.created")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with through(proxy, headers={"api-key": "another-key"}):
                pass
    assert refused.value.status == 401
    assert len(list(tmp_path.glob("*.jsonl"))) == 1  # noqa: ASYNC240 - a test's own


async def test_a_goodbye_of_the_service_reaches_the_client_with_its_code_and_reason(tmp_path: Path) -> None:
    service = Simulator(Given())
    service.faults.add("expire", after=0.0)
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy, through(proxy) as wire:
        closed = await wire.closed()
    assert (closed.data, closed.extra) == (1001, "Your session hit the maximum duration of 60 minutes.")
    assert (recording(tmp_path).frames[-1].side, recording(tmp_path).frames[-1].close) == ("server", 1001)


async def test_a_goodbye_of_the_client_reaches_the_service(tmp_path: Path) -> None:
    service = Simulator(Given(), recorder=Recorder(tmp_path / "there"))
    async with service, Proxy(service.url, Recorder(tmp_path / "here")) as proxy:
        async with through(proxy) as wire:
            await wire.until("session.created")
            await wire.socket.close(code=4001)
        await service.wait_for(lambda: not service.open)
    for folder in ("here", "there"):
        assert (recording(tmp_path / folder).frames[-1].side, recording(tmp_path / folder).frames[-1].close) == (
            "client",
            4001,
        )


async def test_a_connection_that_breaks_breaks_for_the_client_too(tmp_path: Path) -> None:
    service = Simulator(Given())
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy, through(proxy) as wire:
        await wire.until("session.created")
        await service.drop()
        closed = await wire.closed()
    assert closed.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert wire.socket.close_code == 1006
    assert (recording(tmp_path).frames[-1].side, recording(tmp_path).frames[-1].close) == ("nobody", 1006)


SPEECH = {"input": "Hello.", "model": "tts", "voice": "alloy"}


async def test_what_is_no_realtime_socket_passes_and_is_not_recorded(tmp_path: Path) -> None:
    options = Options(api_key=KEY, models={"gpt-realtime": 1})
    speech = "/openai/deployments/tts/audio/speech?api-version=2025-04-01-preview"
    async with (
        Simulator(Given(), options) as service,
        Proxy(f"{service.url}/", Recorder(tmp_path)) as proxy,
        aiohttp.ClientSession(proxy.url, headers={"api-key": KEY}) as http,
    ):
        async with http.get("/openai/models?api-version=2024-10-21") as answer:
            models = await answer.json()
        async with http.post(speech, json={**SPEECH, "response_format": "wav"}) as answer:
            assert answer.status == 200
            assert len(await answer.read()) > 10_000
    assert models["data"][0]["id"] == "gpt-realtime"
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240 - a test's own


async def test_a_service_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with Simulator(Given()) as gone:
        url = gone.url
    async with Proxy(url, Recorder(tmp_path)) as proxy, aiohttp.ClientSession() as http:
        async with http.get(f"{proxy.url}/openai/models") as answer:
            assert answer.status == 502
            assert "cannot be reached" in (await answer.json())["error"]["message"]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(proxy.url + GA)
    assert refused.value.status == 502


async def test_no_path_leads_to_another_host(tmp_path: Path) -> None:
    service = Simulator(Given())
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy:
        for target in ("@127.0.0.2/", "http://127.0.0.2/", ":1/"):
            reader, writer = await asyncio.open_connection(*proxy.url.removeprefix("http://").split(":"))
            writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            status = (await reader.readline()).split()[1]
            writer.close()
            assert status in (b"400", b"404"), target


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("", "begin with https://"),
        ("my.openai.azure.com", "begin with https://"),
        ("ftp://x", "begin with https://"),
        ("https://", "begin with https://"),
        ("https://x:99999", "begin with https://"),
        ("https://[", "begin with https://"),
        ("https://key@x", "must not have a key"),
        ("https://x?api-key=secret", "must not have a key"),
    ],
)
def test_an_address_that_is_no_endpoint_is_refused(endpoint: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=told) as refused:
        Proxy(endpoint, Recorder(tmp_path))
    assert "secret" not in str(refused.value)


async def test_frames_pass_as_they_are(tmp_path: Path) -> None:
    """Whatever a client writes, the service reads just that: spaces, order and all."""
    service = Simulator(Given())
    async with service, Proxy(service.url, Recorder(tmp_path)) as proxy, through(proxy) as wire:
        await wire.until("session.created")
        await wire.socket.send_str('{"type" : "nothing" ,  "event_id":"mine"}')
        assert (await wire.until("error"))["error"]["event_id"] == "mine"
        await wire.socket.send_bytes(b"12345")
        await wire.socket.send_str(json.dumps({"type": "input_audio_buffer.clear"}))
        await wire.until("input_audio_buffer.cleared")
    assert [frame.binary for frame in recording(tmp_path).sent("client") if frame.binary] == [5]
