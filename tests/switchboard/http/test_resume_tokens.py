"""Resume tokens: what is refused, and that nothing is said about why."""

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import jwt
import pytest
from pydantic import SecretStr

from switchboard.http.errors import ResumeRefused
from switchboard.http.resume_tokens import PURPOSE, ResumeToken, ResumeTokens
from tests.livekit import SECRET
from tests.switchboard.http.house import error_of

TOKENS = ResumeTokens(SecretStr(SECRET), minutes=60)
TOKEN = ResumeToken(call="call-1", room="call-1", identity="caller-1", line="support-line")


def signed(key: str | bytes, algorithm: str = "HS256", **changed: Any) -> str:
    """A resume token as someone else would make it."""
    claims: Mapping[str, Any] = TOKEN.model_dump() | {"aud": PURPOSE, "exp": time.time() + 7200} | changed
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm)


def ours(**changed: Any) -> str:
    """A resume token with the right key and wrong content."""
    return signed(TOKENS._key, **changed)


def with_a_changed_room(token: str) -> str:
    head, _, signature = token.split(".")
    body = signed("x", room="call-of-someone-else").split(".")[1]
    return f"{head}.{body}.{signature}"


ABUSES = {
    "empty": "",
    "words": "let me in",
    "dots": "..",
    "not ASCII": "tïckët.é.☎",
    "cut": TOKENS.sign(TOKEN)[:-5],
    "tampered": with_a_changed_room(TOKENS.sign(TOKEN)),
    "expired": ResumeTokens(SecretStr(SECRET), minutes=-1).sign(TOKEN),
    "of another deployment": ResumeTokens(SecretStr("another secret of another deployment"), minutes=60).sign(TOKEN),
    "signed with the LiveKit secret": signed(SECRET),
    "unsigned": signed("", algorithm="none"),
    "another algorithm": signed(TOKENS._key, algorithm="HS512"),
    "another purpose": ours(aud="switchboard.something"),
    "no purpose": ours(aud=None),
    "no end": ours(exp=None),
    "no room": ours(room=None),
    "a room that is no text": ours(room=["call-1"]),
    "a line that is gone": ours(line="closed-line"),
    "of a signed-in caller": ours(owner="someone"),
}


def test_a_token_is_read_as_it_was_signed() -> None:
    assert TOKENS.read(TOKENS.sign(TOKEN), owner="") == TOKEN


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    ahead, far = (ours(iat=time.time() + seconds) for seconds in (20, 90))

    assert TOKENS.read(ahead, owner="") == TOKEN
    with pytest.raises(ResumeRefused):
        TOKENS.read(far, owner="")


def test_the_key_is_not_the_livekit_secret() -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(TOKENS.sign(TOKEN), SECRET, algorithms=["HS256"], audience=PURPOSE)


@pytest.mark.parametrize("name", [name for name in ABUSES if name != "a line that is gone"])
def test_a_bad_token_is_refused(name: str) -> None:
    with pytest.raises(ResumeRefused):
        TOKENS.read(ABUSES[name], owner="")


def test_a_token_is_its_owners() -> None:
    token = TOKENS.sign(TOKEN.model_copy(update={"owner": "amelia"}))
    assert TOKENS.read(token, owner="amelia").room == "call-1"
    for other in ("", "daniel", "amelía"):
        with pytest.raises(ResumeRefused):
            TOKENS.read(token, owner=other)


def test_where_a_call_moves_follows_from_its_token() -> None:
    first, again = TOKENS.next_room(TOKEN), TOKENS.next_room(TOKEN)
    moved = TOKENS.next_room(TOKEN.model_copy(update={"room": first, "moves": 1}))
    assert first == again
    assert re.fullmatch("call-[0-9a-f]{12}", first), "as the name of any room"
    assert len({TOKEN.room, first, moved}) == 3
    assert ResumeTokens(SecretStr("x" * 32), 60).next_room(TOKEN) != first


@pytest.mark.parametrize("name", [name for name in ABUSES if name != "empty"])
async def test_every_bad_token_gets_the_same_answer(caller: httpx2.AsyncClient, name: str) -> None:
    answers = [
        await caller.post("/calls/resume", json={"resume_token": ABUSES[name]}),
        await caller.request("DELETE", "/calls", json={"resume_token": ABUSES[name]}),
    ]
    for answer in answers:
        assert (answer.status_code, error_of(answer)) == (403, "resume_refused")
        assert answer.json()["error"]["message"] == ResumeRefused.message


async def test_a_participant_token_is_no_token(caller: httpx2.AsyncClient) -> None:
    call = (await caller.post("/calls")).json()
    answer = await caller.post("/calls/resume", json={"resume_token": call["participant_token"]})
    assert (answer.status_code, error_of(answer)) == (403, "resume_refused")
