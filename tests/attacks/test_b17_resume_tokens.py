"""B17: whatever is brought as a resume token, in whatever body, is refused in the API's own words."""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from pydantic import SecretStr

from switchboard.settings.schema import LiveKitAccess
from tests.livekit import SECRET
from tests.switchboard.http.house import OPTIONS, open_house

NOWHERE = LiveKitAccess("ws://127.0.0.1:1", "key", SecretStr(SECRET), "switchboard")
REFUSED = {
    "words": json.dumps({"resume_token": "let me in"}),
    "dots": json.dumps({"resume_token": ".." * 500}),
    "a NUL": json.dumps({"resume_token": "\0"}),
    "letters of others": json.dumps({"resume_token": "\N{AMPHORA}.\N{LATIN SMALL LETTER O WITH DIAERESIS}"}),
    "nothing signed": json.dumps({"resume_token": "eyJhbGciOiJub25lIn0.e30."}),
    "a header that is a list": json.dumps({"resume_token": "W10.e30.AAAA"}),
    "a header too deep": json.dumps({"resume_token": "W1tb" * 400 + ".e30.AAAA"}),
}
NO_REQUEST = {
    "nothing": "",
    "no JSON": "hello",
    "half": '{"resume_token": "a',
    "null": "null",
    "a list": "[]",
    "no resume token": "{}",
    "an empty token": '{"resume_token": ""}',
    "a number": '{"resume_token": 7}',
    "an object": '{"resume_token": {}}',
    "half an emoji": '{"resume_token": "\\ud83d"}',
    "too long": json.dumps({"resume_token": "a" * 2100}),
    "too deep": "[" * 2000,
    "something more": '{"resume_token": "a", "owner": "me"}',
    "a number without an end": '{"resume_token": ' + "9" * 2000 + "}",
}


@pytest.fixture
async def caller() -> AsyncIterator[httpx2.AsyncClient]:
    async with open_house(NOWHERE, OPTIONS) as house, house.caller() as caller:
        yield caller


async def asked(caller: httpx2.AsyncClient, method: str, path: str, body: str) -> tuple[int, str]:
    headers = {"content-type": "application/json", "origin": "http://house"}
    answer = await caller.request(method, path, content=body.encode(), headers=headers)
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/calls/resume"), ("DELETE", "/calls")])
async def test_what_is_no_token_of_ours_is_refused(caller: httpx2.AsyncClient, method: str, path: str) -> None:
    for body in REFUSED.values():
        assert await asked(caller, method, path, body) == (403, "resume_refused")


@pytest.mark.parametrize(("method", "path"), [("POST", "/calls/resume"), ("DELETE", "/calls")])
async def test_what_is_no_request_is_told_so(caller: httpx2.AsyncClient, method: str, path: str) -> None:
    for body in NO_REQUEST.values():
        assert await asked(caller, method, path, body) == (422, "bad_request")


async def test_a_body_without_an_end_is_not_read(caller: httpx2.AsyncClient) -> None:
    assert await asked(caller, "POST", "/calls/resume", "[" * 100_000) == (413, "too_large")
