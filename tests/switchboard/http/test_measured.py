"""What the web app counts of its requests: by the pattern of an address, and never by what somebody asks for."""

import asyncio

import httpx2
from prometheus_client import REGISTRY

from rehearsal.made import scenario_of
from switchboard.http import create_app
from tests.switchboard.http.house import LINES, OPTIONS, PRICES
from tests.switchboard.http.test_app import NOWHERE
from tests.switchboard.telemetry.test_calls import told


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"switchboard_http_{name}", labels) or 0


async def ask(method: str, path: str) -> int:
    transport = httpx2.ASGITransport(create_app(OPTIONS, NOWHERE, LINES, None, PRICES, scenario_of))
    async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
        return (await client.request(method, path)).status_code


async def test_a_request_is_counted_by_the_pattern_of_its_address() -> None:
    before = value("requests_total", method="GET", route="/lines/{name}", status="404")
    timed = value("request_duration_seconds_count", route="/lines/{name}")
    assert await ask("GET", "/lines/sw1a-4929") == 404
    assert value("requests_total", method="GET", route="/lines/{name}", status="404") == before + 1
    assert value("request_duration_seconds_count", route="/lines/{name}") == timed + 1
    assert value("requests_open", route="/lines/{name}") == 0


async def test_what_somebody_asks_for_is_in_no_label() -> None:
    await ask("GET", "/SW1A-4929/secret?number=4929")
    await ask("PUZZLE", "/lines/4929")
    text = told()
    assert [word for word in ("SW1A", "sw1a", "4929", "PUZZLE", "secret") if word in text] == []
    assert value("requests_total", method="GET", route="none", status="404") >= 1


async def test_an_answer_that_goes_on_is_open() -> None:
    app = create_app(OPTIONS, NOWHERE, LINES, None, PRICES, scenario_of)
    go_on, begun = asyncio.Event(), asyncio.Event()

    async def feed(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        begun.set()
        await go_on.wait()
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    app.router.add_route("/feed", lambda _request: feed, methods=["GET"])  # type: ignore[arg-type, return-value]
    open_before = value("requests_open", route="none")
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
        asking = asyncio.create_task(client.get("/feed"))
        await begun.wait()
        assert value("requests_open", route="none") == open_before + 1
        go_on.set()
        await asking
    assert value("requests_open", route="none") == open_before
