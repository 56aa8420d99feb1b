"""Azure OpenAI's speech endpoint."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given

PATH = "/openai/deployments/my-tts/audio/speech"
VERSION = {"api-version": "2025-03-01-preview"}
KEY = {"api-key": "a-key"}
BODY = {"model": "gpt-4o-mini-tts-2025-12-15", "voice": "marin", "input": "Good morning.", "response_format": "pcm"}


@pytest.mark.parametrize(
    ("path", "params", "headers", "body", "status"),
    [
        (PATH, {}, KEY, BODY, 404),
        (PATH, VERSION, {}, BODY, 401),
        (PATH, VERSION, KEY, {"input": "Hello."}, 400),
        (PATH, VERSION, KEY, {**BODY, "input": "x" * 5000}, 400),
        (PATH, VERSION, KEY, {**BODY, "input": 5}, 400),
        (PATH, VERSION, KEY, {**BODY, "voice": ""}, 400),
        (PATH, VERSION, KEY, {**BODY, "voice": ["marin"]}, 400),
        (PATH, VERSION, KEY, {**BODY, "speed": "fast"}, 400),
        (PATH, VERSION, KEY, {**BODY, "speed": 9}, 400),
        (PATH, VERSION, KEY, {**BODY, "response_format": "midi"}, 400),
        (PATH, VERSION, KEY, [BODY], 400),
        ("/openai/deployments/other/audio/speech", VERSION, KEY, BODY, 404),
        (PATH, VERSION, KEY, BODY, 200),
        ("/v1/audio/speech", {}, {"Authorization": "Bearer x"}, BODY, 200),
    ],
)
async def test_only_a_right_request_is_spoken(
    path: str, params: dict[str, str], headers: dict[str, str], body: object, status: int
) -> None:
    options = Options(deployments=frozenset({"my-tts"}))
    async with Simulator(Given(), options) as simulator, aiohttp.ClientSession() as http:
        response = await http.post(simulator.url + path, params=params, headers=headers, json=body)

        assert response.status == status
        assert len(simulator.speech.spoken) == (1 if status == 200 else 0)
        if status == 200:
            assert 0.5 < len(await response.read()) / 48_000 < 2.0


@pytest.mark.parametrize("body", ["{", "[" * 100_000 + "]" * 100_000, "9" * 5000, b"\xff"])
async def test_a_body_that_is_no_json_is_refused(body: str | bytes) -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        for url, headers in ((PATH, KEY), ("/tts/bytes", {"X-API-Key": "a-key"})):
            response = await http.post(simulator.url + url, params=VERSION, headers=headers, data=body)
            assert response.status == 400


async def test_speech_may_be_down() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("speech_refuse", status=500)
        response = await http.post(simulator.url + PATH, params=VERSION, headers=KEY, json=BODY)
        assert response.status == 500
        assert simulator.speech.refused == 1


async def test_speech_may_be_late() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("speech_stall", seconds=3600)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await http.post(simulator.url + PATH, params=VERSION, headers=KEY, json=BODY)
        response = await http.post(simulator.url + PATH, params=VERSION, headers=KEY, json=BODY)
        assert len(await response.read()) > 0


async def test_speech_may_die_in_mid_stream() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("speech_drop", after_ms=200)
        response = await http.post(simulator.url + PATH, params=VERSION, headers=KEY, json=BODY)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
