"""The app as a whole: other sites, LiveKit down, health, and what its description promises."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from livekit import api
from pydantic import SecretStr

from rehearsal.made import scenario_of
from stack.ports import free_port
from switchboard.http import create_app
from switchboard.http.server import build_server
from switchboard.settings.schema import Limits, LiveKit, LiveKitAccess, Operate, Settings, Web
from tests.livekit import ROOT, SECRET, LiveKitServer
from tests.switchboard.http.house import LINES, OPTIONS, PRICES, House, error_of, open_house, storage_in, with_web
from tests.switchboard.http.test_resume_tokens import TOKEN, TOKENS

SHOP = "https://shop.example"
NOWHERE = LiveKitAccess("ws://127.0.0.1:1", "k", SecretStr(SECRET), "switchboard")


async def test_a_site_of_the_settings_may_use_the_api_and_no_other(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    options = with_web(cors_origins=(SHOP,))
    async with open_house(livekit_server.access, options) as house, house.caller() as caller:
        asked = await caller.options("/calls", headers={"Origin": SHOP, **ask})
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == SHOP
        assert asked.headers["access-control-allow-methods"] == "GET, POST, DELETE"
        refused = await caller.options("/calls", headers={"Origin": "https://evil.example", **ask})
        assert "access-control-allow-origin" not in refused.headers
        for body in ({}, {"line": "nowhere"}):
            answer = await caller.post("/calls", json=body, headers={"Origin": SHOP})
            assert answer.headers["access-control-allow-origin"] == SHOP
            assert "access-control-allow-credentials" not in answer.headers


async def test_without_the_setting_no_other_site_may(caller: httpx2.AsyncClient) -> None:
    answer = await caller.post("/token", headers={"Origin": SHOP})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("livekit_settings", ["down", "wrong key"])
async def test_without_livekit_callers_are_told_so(livekit_settings: str, livekit_server: LiveKitServer) -> None:
    wrong = LiveKitAccess(livekit_server.url, "k", SecretStr("x" * 40), "switchboard")
    settings = NOWHERE if livekit_settings == "down" else wrong
    token = {"resume_token": TOKENS.sign(TOKEN) if settings is NOWHERE else ""}
    async with open_house(settings) as house, house.caller() as caller:
        answers = [await caller.post("/token"), await caller.post("/calls")]
        if settings is NOWHERE:
            answers += [
                await caller.post("/calls/resume", json=token),
                await caller.request("DELETE", "/calls", json=token),
            ]
        for answer in answers:
            assert (answer.status_code, error_of(answer)) == (503, "livekit_down")
            assert answer.headers["retry-after"]
        health = await caller.get("/health")
        assert (health.status_code, health.json()) == (200, {"status": "ok", "livekit": False})
        assert (await caller.get("/lines")).status_code == 200


async def test_a_server_that_takes_connections_and_says_nothing_is_down_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.http.rooms.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("switchboard.http.calls.PATIENCE_SECONDS", 0.2)
    silent = await asyncio.start_server(lambda _r, _w: asyncio.sleep(3600), "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    async with open_house(replace(NOWHERE, url=url)) as house, house.caller() as caller:
        answer = await caller.post("/calls")
    assert (answer.status_code, error_of(answer)) == (503, "livekit_down")
    silent.close()


async def test_health_tells_that_livekit_is_there(caller: httpx2.AsyncClient) -> None:
    answer = await caller.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "livekit": True})


async def test_browsers_get_the_public_address_of_livekit(livekit_server: LiveKitServer) -> None:
    options = OPTIONS.model_copy(update={"livekit": LiveKit(public_url="wss://calls.example")})
    async with open_house(livekit_server.access, options) as house, house.caller() as caller:
        assert (await caller.post("/token")).json()["server_url"] == "wss://calls.example"


async def test_a_fault_of_ours_gets_an_error_of_our_shape_that_tells_nothing(house: House) -> None:
    async def fail() -> None:
        raise KeyError("a secret")

    house.app.add_api_route("/fault", fail)
    transport = httpx2.ASGITransport(house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://house") as caller:
        answer = await caller.get("/fault")
    assert (answer.status_code, error_of(answer)) == (500, "internal")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("POST", "/nothing"), ("GET", "/calls/x"), ("GET", "/docs"), ("GET", "/redoc")],
)
async def test_an_unknown_address_gets_an_error_of_our_shape(
    caller: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await caller.request(method, path)
    assert (answer.status_code, error_of(answer)) == (404, "not_found")
    assert answer.json()["error"]["message"] == "There is nothing here."


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/token"), ("PUT", "/calls"), ("GET", "/calls"), ("POST", "/lines")]
)
async def test_a_wrong_method_gets_one_too(caller: httpx2.AsyncClient, method: str, path: str) -> None:
    answer = await caller.request(method, path)
    assert (answer.status_code, error_of(answer)) == (405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_every_answer_is_described(caller: httpx2.AsyncClient) -> None:
    paths = (await caller.get("/openapi.json")).json()["paths"]
    assert set(paths) == {"/token", "/calls", "/calls/resume", "/lines", "/lines/{name}", "/health"}
    operations = {(method, path): what for path, methods in paths.items() for method, what in methods.items()}
    assert set(operations["post", "/calls"]["responses"]) == {"201", "403", "404", "413", "415", "422", "429", "503"}
    assert set(operations["delete", "/calls"]["responses"]) == {"204", "403", "413", "415", "422", "429", "503"}
    for operation in operations.values():
        assert operation["summary"]
        assert operation["description"]
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorAnswer")


def test_the_api_is_described_as_in_docs() -> None:
    """After a change that was meant: scripts/openapi."""
    told = json.loads((ROOT / "docs/openapi.json").read_text())
    door = Operate(issuer="https://login.example.com", client_id="switchboard")
    options = OPTIONS.model_copy(update={"operate": door})

    assert json.loads(json.dumps(create_app(options, NOWHERE, LINES, None, PRICES, scenario_of).openapi())) == told


def test_the_server_tells_nobody_who_called_and_believes_no_proxy_of_its_own_accord() -> None:
    config = build_server(create_app(OPTIONS, NOWHERE, LINES, None, PRICES, scenario_of), OPTIONS.web).config

    assert (config.access_log, config.server_header, config.proxy_headers) == (False, False, False)
    assert (config.host, config.port, config.timeout_graceful_shutdown) == ("127.0.0.1", 8080, 5)


@asynccontextmanager
async def served(livekit: LiveKitAccess, folder: Path) -> AsyncIterator[str]:
    """The app at a real address."""
    most = 10_000
    limits = Limits(max_calls=most, calls_per_address=most, unjoined_per_address=most)
    web = Web(rate_limit=most, port=free_port())
    options = Settings(web=web, call=limits, storage=await storage_in(folder))
    server = build_server(create_app(options, livekit, LINES, None, PRICES, scenario_of), options.web)
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{options.web.port}"
    finally:
        server.should_exit = True
        await running


@pytest.mark.timeout(180)
async def test_whatever_is_sent_there_is_no_fault_and_every_answer_is_as_described(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI, tmp_path: Path
) -> None:
    async with served(livekit_server.access, tmp_path) as url:
        fuzzer = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"),
            *("run", f"{url}/openapi.json", "--max-examples", "25", "--seed", "1", "--no-color"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await fuzzer.communicate()
    assert fuzzer.returncode == 0, said.decode()
