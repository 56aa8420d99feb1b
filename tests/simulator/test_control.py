"""The control API: what it changes, what it refuses, and whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from simulator.control import Control
from simulator.fault_kinds import KNOWN
from simulator.options import Options
from simulator.server import Simulator
from simulator.times import Percentiles
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, connect

TEXT = {"output_modalities": ["text"]}
SECRET = "s3cret-key"


@dataclass
class Controlled:
    simulator: Simulator
    control: Control
    http: aiohttp.ClientSession

    async def ask(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        """An answer of the control API, which has to have this status."""
        async with self.http.request(method, self.control.url + path, **request) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    async def arm(self, **fault: Any) -> Any:
        return await self.ask("POST", "/faults", 201, json=fault)


@asynccontextmanager
async def controlled(options: Options | None = None) -> AsyncIterator[Controlled]:
    async with Simulator(Given(), options) as simulator, Control(simulator) as control, aiohttp.ClientSession() as http:
        yield Controlled(simulator, control, http)


async def test_a_fault_that_is_armed_strikes() -> None:
    async with controlled() as it, connect(it.simulator) as wire:
        armed = await it.arm(name="drop", at="response.output_item.done", when="before", nth=1)
        assert (armed["name"], armed["nth"], armed["count"]) == ("drop", 1, 1)
        await wire.send("response.create", response=TEXT)
        await wire.closed()

        assert wire.seen[-1]["type"] == "conversation.item.done"
        assert (await it.ask("GET", "/faults"))["armed"] == []


async def test_a_session_that_runs_is_struck_at_once() -> None:
    async with controlled() as it, connect(it.simulator) as one, connect(it.simulator, PREVIEW) as other:
        sessions = (await it.ask("GET", "/"))["sessions"]
        assert [(each["number"], each["dialect"], each["model"]) for each in sessions] == [
            (1, "ga", "my-deployment"),
            (2, "preview", "my-deployment"),
        ]
        await it.arm(name="close", after=0, session=2, code=1012, reason="Restarting.")
        await other.closed()

        assert other.socket.close_code == 1012
        await one.ask("response.create", "response.done", response=TEXT)
        await it.arm(name="drop", after=0, session=sessions[0]["id"])
        await one.closed()


async def test_faults_are_disarmed_by_name_or_all() -> None:
    async with controlled() as it:
        for name in ("rate_limit", "duplicate", "rate_limit", "stall"):
            await it.arm(name=name)
        left = await it.ask("DELETE", "/faults/rate_limit")
        assert [fault["name"] for fault in left["armed"]] == ["duplicate", "stall"]
        assert (await it.ask("DELETE", "/faults"))["armed"] == []


async def test_every_fault_is_listed_with_what_it_does_and_its_settings() -> None:
    async with controlled() as it:
        known = (await it.ask("GET", "/faults"))["known"]
        assert known.keys() == KNOWN.keys()
        assert known["stall"]["settings"] == {"seconds": 5.0}
        assert all(one["does"] for one in known.values())


async def test_options_hold_from_the_next_connection_on() -> None:
    async with controlled(Options(api_key="old-key")) as it:
        await it.ask("PATCH", "/options", json={"api_key": "a-key", "deployments": ["my-deployment"]})
        async with connect(it.simulator):
            pass
        for path, key, status in ((GA, "old-key", 401), (GA.replace("my", "no"), "a-key", 404)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await it.http.ws_connect(it.simulator.url + path, headers={"api-key": key})
            assert refused.value.status == status


async def test_times_seed_and_detector_can_be_set() -> None:
    async with controlled() as it:
        given = {"first_audio": {"p50": 0.4, "p95": 0.9}, "pace": 2, "seed": 7, "detector": "energy", "ping": None}
        shown = await it.ask("PATCH", "/options", json=given)

        assert {name: shown[name] for name in given} == given
        options = it.simulator.options
        assert (options.first_audio, options.pace, options.seed) == (Percentiles(0.4, 0.9), 2, 7)


async def test_a_new_seed_throws_the_dice_of_faults_anew() -> None:
    async with controlled() as it:

        async def struck() -> list[bool]:
            await it.ask("PATCH", "/options", json={"seed": 7})
            await it.ask("DELETE", "/faults")
            await it.arm(name="speech_refuse", probability=0.5, count=None)
            return [it.simulator.faults.take("speech_refuse") is not None for _ in range(40)]

        assert await struck() == await struck()


async def test_no_key_is_shown() -> None:
    keys = {"api_key": SECRET, "token": SECRET, "cartesia_key": SECRET}
    async with controlled() as it:
        before = await it.ask("GET", "/options")
        assert not any(before[name] for name in keys)
        answers = [
            await it.ask("PATCH", "/options", json=keys),
            await it.ask("GET", "/options"),
            await it.ask("GET", "/"),
            await it.ask("PATCH", "/options", 400, json=keys | {"api_key": [SECRET]}),
            await it.ask("PATCH", "/options", 400, json={"token": {SECRET: SECRET}}),
            await it.ask("PATCH", "/options", 400, json={"error_codes": SECRET}),
        ]

        assert it.simulator.options.api_key == SECRET
        assert answers[0]["api_key"] is True
        assert SECRET not in json.dumps(answers)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"first_audoi": 1}, "no option is called first_audoi; there are: api_key, "),
        ({"faults": []}, "no option is called faults"),
        ({"first_audio": -1}, "first_audio: Input should be greater than or equal to 0"),
        ({"first_audio": {"low": 2, "high": 1}}, "low is above high"),
        ({"first_audio": "1"}, "first_audio: Input should be a valid number"),
        ({"pace": 0}, "pace: Input should be greater than 0"),
        ({"ping": 0}, "ping: Input should be greater than 0"),
        ({"detector": "ears"}, "detector: Input should be 'silero' or 'energy'"),
        ({"deployments": "gpt"}, "deployments: Input should be a valid array"),
        ({"seed": 1.5}, "seed: Input should be a valid integer"),
        ([], "the body has to be an object"),
        ({"pace": 2, "seed": "x"}, "seed: "),
    ],
)
async def test_an_option_that_cannot_be_is_refused_and_nothing_changes(given: object, complaint: str) -> None:
    async with controlled() as it:
        before = await it.ask("GET", "/options")
        assert complaint in (await it.ask("PATCH", "/options", 400, json=given))["error"]
        assert await it.ask("GET", "/options") == before


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "name: Field required"),
        ([], "fault: "),
        ({"name": "earthquake"}, "unknown fault 'earthquake'; known: "),
        ({"name": "drop", "nth": "2"}, "nth: Input should be a valid integer"),
        ({"name": "drop", "at": 5}, "at: Input should be a valid string"),
        ({"name": "drop", "when": "now"}, "when: Input should be 'before' or 'after'"),
        ({"name": "drop", "hours": 1}, "'drop' has no setting 'hours'; it has: none"),
        ({"name": "stall", "seconds": [1]}, "seconds has to be a number"),
        ({"name": "drop", "at": "response.dne"}, "no event is called 'response.dne'"),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(given: object, complaint: str) -> None:
    async with controlled() as it:
        assert complaint in (await it.ask("POST", "/faults", 400, json=given))["error"]
        assert it.simulator.faults.armed == ()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"seed": NaN}'])
async def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    async with controlled() as it:
        headers = {"Content-Type": "application/json"}
        for method, path in (("POST", "/faults"), ("PATCH", "/options")):
            assert (await it.ask(method, path, 400, data=body, headers=headers))["error"] == "the body is not JSON"


async def test_what_does_not_exist_is_told() -> None:
    async with controlled() as it:
        assert (await it.ask("GET", "/nothing", 404))["error"] == "Not Found"
        assert (await it.ask("PUT", "/options", 405))["error"] == "Method Not Allowed"
        assert "unknown fault 'x'" in (await it.ask("DELETE", "/faults/x", 400))["error"]


async def test_a_page_in_a_browser_has_no_say() -> None:
    body = json.dumps({"name": "drop"})
    async with controlled() as it:
        await it.ask("POST", "/faults", 403, json={"name": "drop"}, headers={"Origin": "https://example.com"})
        await it.ask("GET", "/", 403, headers={"Host": "rebound.example.com"})
        await it.ask("POST", "/faults", 400, data=body, headers={"Content-Type": "text/plain"})
        assert it.simulator.faults.armed == ()


async def test_it_listens_on_this_machine_only() -> None:
    async with Simulator(Given(), host="0.0.0.0") as simulator, Control(simulator) as control:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", int(control.url.rsplit(":", 1)[1]))
