"""Other people's sites start no calls through their visitors' browsers."""

import httpx2
import pytest

from tests.livekit import LiveKitServer
from tests.switchboard.http.house import error_of, open_house, with_web

SHOP, EVIL, OURS = "https://shop.example", "https://evil.example", "http://house"
JSON = {"Content-Type": "application/json"}
ADDRESSES = [("POST", "/calls"), ("POST", "/token"), ("POST", "/calls/resume"), ("DELETE", "/calls")]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("headers", "body", "refusal"),
    [
        ({"Content-Type": "text/plain"}, "", (415, "not_json")),
        ({"Content-Type": "text/plain"}, "{}", (415, "not_json")),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "line=support-line", (415, "not_json")),
        ({"Content-Type": "application/jsonp"}, "{}", (415, "not_json")),
        ({"Origin": EVIL}, "", (415, "not_json")),
        ({"Sec-Fetch-Site": "cross-site"}, "", (415, "not_json")),
        (JSON | {"Origin": EVIL}, "{}", (403, "other_site")),
        (JSON | {"Origin": "null"}, "{}", (403, "other_site")),
        (JSON | {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}, "{}", (403, "other_site")),
        (JSON | {"Sec-Fetch-Site": "same-site", "Origin": "https://other.house"}, "{}", (403, "other_site")),
        (JSON | {"Origin": "http://house.evil.example"}, "{}", (403, "other_site")),
        (JSON | {"Origin": "http://evil@house:81"}, "{}", (403, "other_site")),
        (JSON | {"Origin": "http://["}, "{}", (403, "other_site")),
    ],
)
async def test_another_site_may_nothing_that_costs(
    caller: httpx2.AsyncClient,
    address: tuple[str, str],
    headers: dict[str, str],
    body: str,
    refusal: tuple[int, str],
) -> None:
    answer = await caller.request(*address, headers=headers, content=body)

    assert (answer.status_code, error_of(answer)) == refusal


@pytest.mark.parametrize(
    "headers",
    [
        JSON | {"Origin": OURS},
        JSON | {"Origin": OURS, "Sec-Fetch-Site": "same-origin"},
        {"Content-Type": "application/JSON; charset=utf-8", "Sec-Fetch-Site": "none"},
        JSON | {"Origin": SHOP, "Sec-Fetch-Site": "cross-site"},
        JSON,
        {},
    ],
    ids=["an old browser", "our page", "by hand", "a site of the settings", "a program", "a program without a body"],
)
async def test_our_page_the_sites_of_the_settings_and_programs_may(
    livekit_server: LiveKitServer, headers: dict[str, str]
) -> None:
    options = with_web(cors_origins=(SHOP,))
    async with open_house(livekit_server.access, options) as house, house.caller() as caller:
        answer = await caller.post("/calls", headers=headers, content="{}" if headers else "")

    assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/lines", "/health", "/openapi.json"])
async def test_what_costs_nothing_is_for_everybody(caller: httpx2.AsyncClient, path: str) -> None:
    assert (await caller.get(path, headers={"Origin": EVIL, "Sec-Fetch-Site": "cross-site"})).status_code == 200
