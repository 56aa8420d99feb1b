"""Tickets: what is refused, and that nothing is said about why."""

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import jwt
import pytest
from pydantic import SecretStr

from switchboard.http.errors import TicketRefused
from switchboard.http.tickets import PURPOSE, Ticket, Tickets
from tests.livekit import SECRET
from tests.switchboard.http.house import error_of

TICKETS = Tickets(SecretStr(SECRET), minutes=60)
TICKET = Ticket(call="call-1", room="call-1", identity="caller-1", line="support-line")


def signed(key: str | bytes, algorithm: str = "HS256", **changed: Any) -> str:
    """A ticket as someone else would make it."""
    claims: Mapping[str, Any] = TICKET.model_dump() | {"aud": PURPOSE, "exp": time.time() + 7200} | changed
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm)


def ours(**changed: Any) -> str:
    """A ticket with the right key and wrong content."""
    return signed(TICKETS._key, **changed)


def with_a_changed_room(ticket: str) -> str:
    head, _, signature = ticket.split(".")
    body = signed("x", room="call-of-someone-else").split(".")[1]
    return f"{head}.{body}.{signature}"


ABUSES = {
    "empty": "",
    "words": "let me in",
    "dots": "..",
    "not ASCII": "tïckët.é.☎",
    "cut": TICKETS.sign(TICKET)[:-5],
    "tampered": with_a_changed_room(TICKETS.sign(TICKET)),
    "expired": Tickets(SecretStr(SECRET), minutes=-1).sign(TICKET),
    "of another deployment": Tickets(SecretStr("another secret of another deployment"), minutes=60).sign(TICKET),
    "signed with the LiveKit secret": signed(SECRET),
    "unsigned": signed("", algorithm="none"),
    "another algorithm": signed(TICKETS._key, algorithm="HS512"),
    "another purpose": ours(aud="switchboard.something"),
    "no purpose": ours(aud=None),
    "no end": ours(exp=None),
    "no room": ours(room=None),
    "a room that is no text": ours(room=["call-1"]),
    "a line that is gone": ours(line="closed-line"),
    "of a signed-in caller": ours(owner="someone"),
}


def test_a_ticket_is_read_as_it_was_signed() -> None:
    assert TICKETS.read(TICKETS.sign(TICKET), owner="") == TICKET


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    ahead, far = (ours(iat=time.time() + seconds) for seconds in (20, 90))

    assert TICKETS.read(ahead, owner="") == TICKET
    with pytest.raises(TicketRefused):
        TICKETS.read(far, owner="")


def test_the_key_is_not_the_livekit_secret() -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(TICKETS.sign(TICKET), SECRET, algorithms=["HS256"], audience=PURPOSE)


@pytest.mark.parametrize("name", [name for name in ABUSES if name != "a line that is gone"])
def test_a_bad_ticket_is_refused(name: str) -> None:
    with pytest.raises(TicketRefused):
        TICKETS.read(ABUSES[name], owner="")


def test_a_ticket_is_its_owners() -> None:
    ticket = TICKETS.sign(TICKET.model_copy(update={"owner": "amelia"}))
    assert TICKETS.read(ticket, owner="amelia").room == "call-1"
    for other in ("", "daniel", "amelía"):
        with pytest.raises(TicketRefused):
            TICKETS.read(ticket, owner=other)


def test_where_a_call_moves_follows_from_its_ticket() -> None:
    first, again = TICKETS.next_room(TICKET), TICKETS.next_room(TICKET)
    moved = TICKETS.next_room(TICKET.model_copy(update={"room": first, "moves": 1}))
    assert first == again
    assert re.fullmatch("call-[0-9a-f]{12}", first), "as the name of any room"
    assert len({TICKET.room, first, moved}) == 3
    assert Tickets(SecretStr("x" * 32), 60).next_room(TICKET) != first


@pytest.mark.parametrize("name", [name for name in ABUSES if name != "empty"])
async def test_every_bad_ticket_gets_the_same_answer(caller: httpx2.AsyncClient, name: str) -> None:
    answers = [
        await caller.post("/calls/resume", json={"ticket": ABUSES[name]}),
        await caller.request("DELETE", "/calls", json={"ticket": ABUSES[name]}),
    ]
    for answer in answers:
        assert (answer.status_code, error_of(answer)) == (403, "ticket_refused")
        assert answer.json()["error"]["message"] == TicketRefused.message


async def test_a_participant_token_is_no_ticket(caller: httpx2.AsyncClient) -> None:
    call = (await caller.post("/calls")).json()
    answer = await caller.post("/calls/resume", json={"ticket": call["participant_token"]})
    assert (answer.status_code, error_of(answer)) == (403, "ticket_refused")
