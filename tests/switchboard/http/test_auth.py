"""Callers who have to sign in first: a token of the business's own, checked against its keys."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from livekit import api

from switchboard.call.source import Source
from switchboard.http.auth import caller_auth
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Settings
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import error_of, open_house, with_web

ISSUER, AUDIENCE = "https://login.fernway.example", "calls"
KEY = ec.generate_private_key(ec.SECP256R1())
OLD_KEY = rsa.generate_private_key(65537, 2048)
STRANGERS_KEY = ec.generate_private_key(ec.SECP256R1())
AMELIA = {"iss": ISSUER, "aud": AUDIENCE, "sub": "amelia"}


class SignIn:
    """A sign-in service: its keys under an address, and how often they were fetched."""

    def __init__(self) -> None:
        ec_key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
        rsa_key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OLD_KEY.public_key()))
        self.keys: Any = {"keys": [ec_key | {"kid": "new", "alg": "ES256"}, rsa_key | {"kid": "old", "alg": "RS256"}]}
        self.fetched = 0
        self.url = ""

    async def serve(self, _request: web.Request) -> web.Response:
        self.fetched += 1
        return web.json_response(self.keys)


@pytest.fixture
async def sign_in() -> AsyncIterator[SignIn]:
    service = SignIn()
    app = web.Application()
    app.router.add_get("/jwks", service.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    yield service
    await runner.cleanup()


@pytest.fixture
def options(sign_in: SignIn) -> Settings:
    return with_web(auth_issuer=ISSUER, auth_audience=AUDIENCE, auth_jwks_url=sign_in.url)


@pytest.fixture
async def guarded(
    options: Settings, livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_house(livekit_server.access, options) as house, house.caller() as caller:
        yield caller


def bearer(key: Any = KEY, kid: str | None = "new", algorithm: str = "ES256", **changed: Any) -> dict[str, str]:
    """The header of a signed-in caller."""
    claims = {**AMELIA, "exp": time.time() + 7200, **changed}
    claims = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode(claims, key, algorithm, headers={"kid": kid} if kid else None)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("headers", [bearer(), bearer(OLD_KEY, "old", "RS256"), bearer(aud=["x", AUDIENCE])])
async def test_who_has_signed_in_may_call(guarded: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    assert (await guarded.post("/calls", headers=headers)).status_code == 201
    assert (await guarded.post("/token", headers=headers)).status_code == 201


PUBLIC_PEM = "-----BEGIN"
REFUSED = {
    "none": {},
    "another scheme": {"Authorization": "Basic YTpi"},
    "words": {"Authorization": "Bearer let me in"},
    "expired": bearer(exp=time.time() - 120),
    "no end": bearer(exp=None),
    "not yet": bearer(nbf=time.time() + 3600),
    "another issuer": bearer(iss="https://login.example"),
    "another audience": bearer(aud="mail"),
    "no audience": bearer(aud=None),
    "nobody": bearer(sub=None),
    "a stranger's key": bearer(STRANGERS_KEY),
    "an unknown key": bearer(STRANGERS_KEY, kid="unknown"),
    "no key named": bearer(kid=None),
    "the other key's name": bearer(OLD_KEY, "new", "RS256"),
    "a shared secret": bearer("a" * 64, algorithm="HS256"),
    "unsigned": bearer("", algorithm="none"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_who_has_not_is_refused_everywhere(guarded: httpx2.AsyncClient, name: str) -> None:
    for method, path in (("POST", "/calls"), ("POST", "/token"), ("POST", "/calls/resume"), ("DELETE", "/calls")):
        body = {"resume_token": "x"} if path == "/calls/resume" or method == "DELETE" else {}
        response = await guarded.request(method, path, json=body, headers=REFUSED[name])
        assert (response.status_code, error_of(response)) == (401, "sign_in_needed")
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_shared_secret_among_the_published_keys_signs_for_nobody(
    guarded: httpx2.AsyncClient, sign_in: SignIn
) -> None:
    everybody_knows = "c" * 64
    shared = json.loads(jwt.algorithms.HMACAlgorithm.to_jwk(everybody_knows))
    sign_in.keys["keys"].append(shared | {"kid": "shared", "alg": "HS256"})
    response = await guarded.post("/calls", headers=bearer(everybody_knows, "shared", "HS256"))
    assert (response.status_code, error_of(response)) == (401, "sign_in_needed")


@pytest.mark.parametrize(
    ("claims", "account"),
    [
        ({"email": "Amelia.Hart@example.com", "email_verified": True}, True),
        ({"email": "Amelia.Hart@example.com", "email_verified": "true"}, False),
        ({"email": "Amelia.Hart@example.com"}, False),
        ({"email": 7, "email_verified": True}, False),
        ({}, False),
    ],
)
async def test_the_agent_is_told_in_marks_who_signed_in_and_which_address_the_sign_in_service_has_verified(
    guarded: httpx2.AsyncClient, livekit_server: LiveKitServer, livekit: api.LiveKitAPI, claims: Any, account: bool
) -> None:
    call = (await guarded.post("/calls", headers=bearer(**claims))).json()
    rooms = (await livekit.room.list_rooms(api.ListRoomsRequest(names=[call["id"]]))).rooms
    source = Source.understood(rooms[0].metadata)
    marks = Pseudonyms(livekit_server.access.secret.get_secret_value())

    assert source.identity
    assert source.account == (marks.of("sign-in", "amelia.hart@example.com") if account else "")
    assert "amelia" not in rooms[0].metadata.lower()


async def test_a_token_is_good_only_for_who_got_it(guarded: httpx2.AsyncClient) -> None:
    token = {"resume_token": (await guarded.post("/calls", headers=bearer())).json()["resume_token"]}
    stolen = await guarded.post("/calls/resume", json=token, headers=bearer(sub="daniel"))
    assert (stolen.status_code, error_of(stolen)) == (403, "resume_refused")
    assert (await guarded.post("/calls/resume", json=token, headers=bearer())).status_code == 200


async def test_what_is_public_stays_so(guarded: httpx2.AsyncClient) -> None:
    for path in ("/lines", "/health", "/openapi.json"):
        assert (await guarded.get(path)).status_code == 200


async def test_keys_are_fetched_once_however_many_unknown_ones_are_named(
    guarded: httpx2.AsyncClient, sign_in: SignIn
) -> None:
    for number in range(10):
        await guarded.post("/calls", headers=bearer(STRANGERS_KEY, kid=f"unknown-{number}"))
    assert sign_in.fetched == 1


@pytest.mark.parametrize("keys", ["nonsense", {"keys": []}, {"error": "out of order"}])
async def test_a_sign_in_service_out_of_order_is_not_the_callers_fault(
    guarded: httpx2.AsyncClient, sign_in: SignIn, keys: object
) -> None:
    sign_in.keys = keys
    response = await guarded.post("/calls", headers=bearer())
    assert (response.status_code, error_of(response)) == (503, "sign_in_down")


async def test_a_sign_in_service_that_is_down_is_told(livekit_server: LiveKitServer) -> None:
    nowhere = with_web(auth_issuer=ISSUER, auth_audience=AUDIENCE, auth_jwks_url="http://127.0.0.1:1/jwks")
    async with open_house(livekit_server.access, nowhere) as house, house.caller() as caller:
        response = await caller.post("/calls", headers=bearer())
    assert (response.status_code, error_of(response)) == (503, "sign_in_down")
    assert response.headers["retry-after"] == "5"


def test_half_a_sign_in_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match=r"^caller authentication needs issuer, audience and .* keys, all three$"):
        caller_auth(with_web(auth_issuer=ISSUER).web)
