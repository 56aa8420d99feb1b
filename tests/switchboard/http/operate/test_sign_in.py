"""Signing in: by OpenID Connect at a real service, or with the demo's password; and what does not let anybody in."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import jwt
import pytest
from pydantic import SecretStr

from switchboard.http.operate.cookies import Cookies
from tests.switchboard.http.house import OPTIONS, House, error_of, open_house
from tests.switchboard.http.operate.conftest import PASSWORD, SignedIn, goes_in, with_door, with_provider
from tests.switchboard.http.operate.provider import CLIENT, EC_KEY, STRANGERS_KEY, Provider
from tests.switchboard.http.test_app import NOWHERE

ME = "/operate/api/me"
SESSION = "switchboard_session"


@pytest.mark.parametrize(
    "path",
    ["/operate", "/operate/", "/operate/calls", "/operate.html", "/OPERATE.html", "/operate/sign-in", ME,
     "/operate/callback", "/operate/api/live"],
)  # fmt: skip
async def test_without_a_door_there_are_no_pages(dist: Path, path: str) -> None:
    async with open_house(NOWHERE, page=dist) as house, house.caller() as browser:
        assert (await browser.get("/")).status_code == 200
        answer = await browser.get(path)
        assert answer.status_code == 404
        assert "Operators" not in answer.text
        assert "/operate" not in (await browser.get("/openapi.json")).text


async def test_the_page_is_served_at_every_depth_and_says_where_it_is_mounted(demo: House) -> None:
    async with demo.caller() as browser:
        for path in ("/operate", "/operate/calls", "/operate/calls/call-1"):
            page = await browser.get(path)
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
            assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert (await browser.get("/operate.html")).status_code == 404
        assert (await browser.get("/operate/api/nothing")).status_code == 404
    transport = httpx2.ASGITransport(demo.app, root_path="/line")
    async with httpx2.AsyncClient(transport=transport, base_url="http://house/line/") as browser:
        assert '<base href="/line/" />' in (await browser.get("operate/calls")).text


async def test_whoever_knows_the_password_is_in_until_they_go_or_their_time_is_over(demo: House) -> None:
    async with demo.caller() as browser:
        refused = await browser.get(ME)
        assert refused.status_code == 401
        assert {"sign_in": "/operate/sign-in", "by": "password"}.items() <= refused.json().items()
        assert refused.headers["cache-control"] == "no-store"
        entered = await browser.post("/operate/sign-in", json={"password": PASSWORD})
        assert (entered.status_code, entered.headers["cache-control"]) == (204, "no-store")
        me = (await browser.get(ME)).json()
        assert (me["name"], me["role"]) == ("Demo", "admin")
        left = datetime.fromisoformat(me["signed_out_at"]) - datetime.now(UTC)
        assert timedelta(minutes=479) < left <= timedelta(minutes=480)
        assert (await browser.post("/operate/sign-out", json={})).status_code == 204
        assert (await browser.get(ME)).status_code == 401


@pytest.mark.parametrize("password", ["", "open-sesame", PASSWORD.upper(), f"{PASSWORD}!", "ß" * 20])
async def test_another_password_opens_nothing(demo: House, password: str) -> None:
    async with demo.caller() as browser:
        refused = await browser.post("/operate/sign-in", json={"password": password})
        assert (refused.status_code, error_of(refused)) == (403, "wrong_password")
        assert SESSION not in browser.cookies
        assert (await browser.get(ME)).status_code == 401


async def test_passwords_cannot_be_tried_by_the_thousand(demo: House) -> None:
    async with demo.caller() as browser:
        for _ in range(10):
            assert (await browser.post("/operate/sign-in", json={"password": "x"})).status_code == 403
        refused = await browser.post("/operate/sign-in", json={"password": PASSWORD})
        assert (refused.status_code, error_of(refused)) == (429, "too_many_requests")
        assert refused.headers["retry-after"]


@pytest.mark.parametrize("path", ["/operate/sign-in", "/operate/sign-out"])
async def test_no_other_site_signs_anybody_in_or_out(dist: Path, path: str) -> None:
    settings = with_door(password=SecretStr(PASSWORD))
    settings = settings.model_copy(update={"web": settings.web.model_copy(update={"cors_origins": ("*",)})})
    async with open_house(NOWHERE, settings, page=dist) as house, house.caller() as browser:
        body = {"password": PASSWORD} if path.endswith("in") else {}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            refused = await browser.post(path, json=body, headers=headers)
            assert (refused.status_code, error_of(refused)) == (403, "other_site")
        form = await browser.post(path, data=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert (form.status_code, error_of(form)) == (415, "not_json")


async def test_the_cookie_is_for_this_app_alone_and_for_no_script(demo: House) -> None:
    transport = httpx2.ASGITransport(demo.app, root_path="/line")
    async with httpx2.AsyncClient(transport=transport, base_url="https://house/line/") as browser:
        entered = await browser.post("operate/sign-in", json={"password": PASSWORD})
    said = entered.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "secure", "path=/line/operate", "max-age=28800"):
        assert part in said


@pytest.mark.parametrize("role", ["operator", "supervisor", "admin"])
async def test_the_sign_in_service_says_who_somebody_is(signed_in: SignedIn, provider: Provider, role: str) -> None:
    async with signed_in(role) as browser:
        me = await browser.get(ME)
        assert (me.json()["name"], me.json()["role"]) == (role.title(), role)
    (asked,) = provider.asked
    assert asked["client_id"] == CLIENT
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://house/operate/callback"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert "openid" in asked["scope"].split()


async def test_the_sign_in_service_may_sign_with_an_elliptic_curve(guarded: House, provider: Provider) -> None:
    provider.key, provider.kid, provider.algorithm = EC_KEY, "ec", "ES256"
    async with guarded.caller() as browser:
        assert (await goes_in(browser)).status_code == 303
        assert (await browser.get(ME)).status_code == 200


@pytest.mark.parametrize(
    ("claim", "told", "role"),
    [
        ("roles", "admin", "admin"),
        ("roles", ["nobody", "operator", "supervisor", "operator"], "supervisor"),
        ("realm_access.roles", None, "admin"),
        ("https://shop.example/roles", ["operator"], "operator"),
    ],
)
async def test_roles_are_where_the_service_has_them(provider: Provider, claim: str, told: Any, role: str) -> None:
    provider.claims = {"sub": "7", claim: told, "realm_access": {"roles": ["admin"]}, "name": None, "email": "a@b.c"}
    async with open_house(NOWHERE, with_provider(provider, role_claim=claim)) as house, house.caller() as browser:
        assert (await goes_in(browser)).status_code == 303
        me = (await browser.get(ME)).json()
    assert (me["name"], me["role"]) == ("a@b.c", role)


@pytest.mark.parametrize("told", [None, [], "nobody", ["Admin"], {"admin": True}, 7, [["admin"]]])
async def test_whoever_has_no_role_is_not_let_in(guarded: House, provider: Provider, told: Any) -> None:
    provider.claims = {"sub": "7", "roles": told}
    async with guarded.caller() as browser:
        refused = await goes_in(browser)
        assert (refused.status_code, error_of(refused)) == (403, "no_role")
        assert (await browser.get(ME)).status_code == 401


PUBLIC_SECRET = "c" * 64
WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"sub": "7", "roles": "admin", "iss": "https://evil.example"}},
    "another audience": {"claims": {"sub": "7", "roles": "admin", "aud": "mail"}},
    "no audience": {"claims": {"sub": "7", "roles": "admin", "aud": None}},
    "nobody": {"claims": {"sub": None, "roles": "admin"}},
    "another nonce": {"claims": {"sub": "7", "roles": "admin", "nonce": "another"}},
    "no nonce": {"claims": {"sub": "7", "roles": "admin", "nonce": None}},
    "expired": {"claims": {"sub": "7", "roles": "admin", "exp": int(time.time()) - 120}},
    "no end": {"claims": {"sub": "7", "roles": "admin", "exp": None}},
    "a stranger's key": {"key": STRANGERS_KEY},
    "an unknown key": {"key": STRANGERS_KEY, "kid": "unknown"},
    "a shared secret": {"key": PUBLIC_SECRET, "kid": "shared", "algorithm": "HS256", "shared": PUBLIC_SECRET},
    "our own secret": {"key": "the-secret-of-our-client", "kid": "rsa", "algorithm": "HS256"},
    "unsigned": {"key": "", "algorithm": "none"},
    "a service that says it is another": {"metadata": {"issuer": "https://evil.example"}},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_that_is_not_for_us_opens_nothing(guarded: House, provider: Provider, wrong: str) -> None:
    provider.claims = {"sub": "7", "roles": "admin"}
    for name, value in WRONG[wrong].items():
        setattr(provider, name, value)
    async with guarded.caller() as browser:
        refused = await goes_in(browser)
        assert (refused.status_code, error_of(refused)) == (403, "sign_in_failed")
        assert SESSION not in browser.cookies
        assert (await browser.get(ME)).status_code == 401


async def test_nobody_is_signed_in_by_anothers_way_back(guarded: House, provider: Provider) -> None:
    async with guarded.caller() as mine, guarded.caller() as theirs:
        sent = await mine.get("/operate/sign-in")
        async with httpx2.AsyncClient() as elsewhere:
            back = (await elsewhere.get(sent.headers["location"])).headers["location"]
        assert error_of(await theirs.get(back)) == "sign_in_failed"
        assert (await mine.get(back)).status_code == 303
        assert error_of(await mine.get(back)) == "sign_in_failed"  # once is enough


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?error=access_denied", "?code=x", "?state=%00"])
async def test_a_way_back_that_nobody_was_sent_on_is_refused(guarded: House, query: str) -> None:
    async with guarded.caller() as browser:
        refused = await browser.get(f"/operate/callback{query}")
        assert (refused.status_code, error_of(refused)) == (403, "sign_in_failed")


async def test_a_sign_in_service_that_is_down_is_told() -> None:
    nowhere = with_door(issuer="http://127.0.0.1:1", client_id=CLIENT)
    async with open_house(NOWHERE, nowhere) as house, house.caller() as browser:
        answer = await browser.get("/operate/sign-in")
        assert (answer.status_code, error_of(answer)) == (503, "sign_in_down")
        assert answer.headers["retry-after"] == "5"


BROWSES = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(("query", "roles", "code"), [("", None, "sign_in_failed"), (None, [], "no_role")])
async def test_a_person_who_comes_back_and_is_not_let_in_is_shown_why(
    guarded: House, provider: Provider, query: str | None, roles: list[str] | None, code: str
) -> None:
    provider.claims = {"sub": "7", "roles": roles}
    async with guarded.caller() as browser:
        browser.headers.update(BROWSES)
        refused = await browser.get(f"/operate/callback{query}") if query is not None else await goes_in(browser)
        assert (refused.status_code, refused.headers["location"]) == (303, f"/operate?refused={code}")
        page = await browser.get(refused.headers["location"])
        assert "<title>Operators</title>" in page.text
        assert (await browser.get(ME)).status_code == 401


async def test_a_person_who_cannot_be_sent_to_the_sign_in_service_is_shown_why(dist: Path) -> None:
    nowhere = with_door(issuer="http://127.0.0.1:1", client_id=CLIENT)
    async with open_house(NOWHERE, nowhere, page=dist) as house, house.caller() as browser:
        for _ in range(10):
            sent = await browser.get("/operate/sign-in", headers=BROWSES)
            assert sent.headers["location"] == "/operate?refused=sign_in_down"
        sent = await browser.get("/operate/sign-in", headers=BROWSES)
        assert sent.headers["location"] == "/operate?refused=too_many_requests"
    transport = httpx2.ASGITransport(house.app, root_path="/line")
    async with httpx2.AsyncClient(transport=transport, base_url="http://house/line/", headers=BROWSES) as browser:
        sent = await browser.get("operate/callback")
        assert sent.headers["location"] == "/line/operate?refused=sign_in_down"


async def test_with_a_sign_in_service_no_password_opens(guarded: House) -> None:
    async with guarded.caller() as browser:
        assert (await browser.post("/operate/sign-in", json={"password": PASSWORD})).status_code == 405


MADE_UP = {"sub": "x", "name": "x", "role": "admin", "exp": 2**33}
FORGED = {
    "words": "let me in",
    "livekit's": jwt.encode(
        {"sub": "x", "name": "x", "role": "admin", "exp": 2**33}, NOWHERE.secret.get_secret_value()
    ),
    "unsigned": jwt.encode(MADE_UP, "", "none"),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_cookie_that_we_did_not_make_is_none(demo: House, name: str) -> None:
    async with demo.caller() as browser:
        answer = await browser.get(ME, headers={"Cookie": f"{SESSION}={FORGED[name]}"})
        assert answer.status_code == 401


async def test_the_cookie_of_the_way_there_is_no_session(guarded: House) -> None:
    async with guarded.caller() as browser:
        await browser.get("/operate/sign-in")
        steps = browser.cookies["switchboard_sign_in"]
        assert (await browser.get(ME, headers={"Cookie": f"{SESSION}={steps}"})).status_code == 401


def test_sessions_of_one_secret_are_none_of_another() -> None:
    assert Cookies(SecretStr("a"))._key != Cookies(SecretStr("b"))._key
    assert OPTIONS.operate.door is False
