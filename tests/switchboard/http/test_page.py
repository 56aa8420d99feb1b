"""The page: served as it was built, and honest where it was not."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from switchboard.http.page import headers
from tests.switchboard.http.house import OPTIONS, open_house
from tests.switchboard.http.test_app import NOWHERE


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Call us</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-1a2b.js").write_text("call()")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / ".env").write_text("secret")
    return folder


@pytest.fixture
async def browser(dist: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_house(NOWHERE, page=dist) as house, house.caller() as client:
        yield client


async def test_the_page_is_at_the_root_and_always_asked_for_anew(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert "Call us" in page.text


async def test_assets_are_kept_as_their_names_change_with_them(browser: httpx2.AsyncClient) -> None:
    asset = await browser.get("/assets/index-1a2b.js")
    assert asset.text == "call()"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in asset.headers["content-type"]
    assert (await browser.get("/favicon.svg")).text == "<svg/>"


async def test_behind_a_proxy_that_has_a_path_for_us_the_page_is_found_too(dist: Path) -> None:
    async with open_house(NOWHERE, page=dist) as house:
        transport = httpx2.ASGITransport(house.app, root_path="/line")
        async with httpx2.AsyncClient(transport=transport, base_url="http://house/line/") as browser:
            for path in ("", "favicon.svg", "assets/index-1a2b.js"):
                assert (await browser.get(path)).status_code == 200


def test_what_the_page_may_is_told_word_for_word() -> None:
    assert headers("https://calls.example:7880", ()) == {
        "Content-Security-Policy": "default-src 'self'; "
        "connect-src 'self' wss://calls.example:7880 https://calls.example:7880; "
        "img-src 'self' data:; font-src 'self' data:; media-src 'self' blob: mediastream:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'self'",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
        "Referrer-Policy": "no-referrer",
    }


async def test_the_page_may_use_the_microphone_and_reach_livekit_and_nothing_else(browser: httpx2.AsyncClient) -> None:
    sent = (await browser.get("/")).headers
    assert "ws://127.0.0.1:1 http://127.0.0.1:1" in sent["content-security-policy"]
    assert sent["permissions-policy"].startswith("microphone=(self), camera=()")
    assert sent["x-content-type-options"] == "nosniff"


def test_the_policy_follows_the_settings() -> None:
    policy = headers("wss://shop.livekit.cloud", ("https://shop.example",))["Content-Security-Policy"]
    assert "connect-src 'self' wss://shop.livekit.cloud https://shop.livekit.cloud wss://*.livekit.cloud" in policy
    assert "frame-ancestors 'self' https://shop.example" in policy


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/assets/missing.js",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/a%00.js",
        "/assets/",
        "/assets",
    ],
)
async def test_what_is_not_the_page_is_not_served(browser: httpx2.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code in (404, 307)
    assert "secret" not in answer.text


@pytest.mark.parametrize("page", [None, Path("/nowhere/dist")])
async def test_a_page_that_is_not_built_says_how_to(page: Path | None) -> None:
    async with open_house(NOWHERE, OPTIONS, page) as house, house.caller() as client:
        answer = await client.get("/")
    assert answer.status_code == 404
    assert "npm run build" in answer.text
