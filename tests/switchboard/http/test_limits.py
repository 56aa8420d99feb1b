"""The rate limit of an address."""

from contextlib import nullcontext

import pytest
from fastapi import HTTPException
from livekit import api
from starlette.types import Message, Receive, Scope, Send

from switchboard.http.limits import MOST_ADDRESSES, BodyLimit, RateLimit, network_of
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import error_of, open_house, with_web

STRICT = with_web(rate_limit=2)


def test_requests_come_back_with_time() -> None:
    now = [100.0]
    limit = RateLimit(6, clock=lambda: now[0])
    assert [limit.take("a") for _ in range(7)] == [0] * 6 + [pytest.approx(10)]
    assert limit.take("b") == 0
    now[0] += 10
    assert limit.take("a") == 0
    assert limit.take("a") > 0
    now[0] += 3600
    assert [limit.take("a") > 0 for _ in range(7)] == [False] * 6 + [True]


def test_addresses_without_end_take_no_memory_without_end() -> None:
    limit = RateLimit(1)
    for number in range(MOST_ADDRESSES + 100):
        limit.take(str(number))
    assert len(limit._left) == MOST_ADDRESSES


def test_who_asked_longest_ago_is_forgotten_first() -> None:
    limit = RateLimit(1)
    for address in ("first", "second", *map(str, range(MOST_ADDRESSES - 2)), "first", "one too many"):
        limit.take(address)
    assert limit.take("first") > 0
    assert limit.take("second") == 0


def test_who_asks_on_and_on_waits_no_longer_for_it() -> None:
    now = [100.0]
    limit = RateLimit(1, clock=lambda: now[0])
    assert limit.take("a") == 0
    waits = []
    for now[0] in (100.0, 130.0, 145.0, 160.0, 161.0):
        waits.append(limit.take("a"))
    assert waits == [pytest.approx(wait) for wait in (60, 30, 15, 0, 59)]


@pytest.mark.parametrize(("pieces", "read"), [([3, 5], True), ([3, 6], False), ([9], False)])
async def test_as_many_bytes_as_may_be_sent_are_read_and_not_one_more(pieces: list[int], read: bool) -> None:
    heard: list[bytes] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        heard.extend([(await receive())["body"] for _ in pieces])

    sent = iter([{"type": "http.request", "body": bytes(size)} for size in pieces])

    async def receive() -> Message:
        return next(sent)

    async def send(_: Message) -> None: ...

    with nullcontext() if read else pytest.raises(HTTPException, match="413"):
        await BodyLimit(app, most=8)({"type": "http"}, receive, send)
    assert [len(body) for body in heard] == (pieces if read else [])


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_ipv6_customer_is_one_caller(host: str, network: str) -> None:
    assert network_of(host) == network


async def test_who_asks_too_often_is_told_when_to_come_back(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> None:
    async with open_house(livekit_server.access, STRICT) as house, house.caller() as caller:
        assert [(await caller.post("/token")).status_code for _ in range(2)] == [201, 201]
        refused = await caller.post("/calls")
        assert (refused.status_code, error_of(refused)) == (429, "too_many_requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert (await caller.get("/lines")).status_code == 200
        assert (await caller.get("/health")).status_code == 200
        async with house.caller("192.0.2.99") as another:
            assert (await another.post("/token")).status_code == 201


async def test_bad_tokens_count_too(livekit_server: LiveKitServer) -> None:
    async with open_house(livekit_server.access, STRICT) as house, house.caller() as caller:
        codes = [(await caller.post("/calls/resume", json={"resume_token": "x"})).status_code for _ in range(3)]
    assert codes == [403, 403, 429]


async def test_a_caller_can_not_say_who_they_are(livekit_server: LiveKitServer) -> None:
    async with open_house(livekit_server.access, STRICT) as house, house.caller() as caller:
        codes = [
            (await caller.post("/token", headers={"X-Forwarded-For": f"198.51.100.{n}"})).status_code for n in range(3)
        ]
    assert codes == [201, 201, 429]


async def test_a_trusted_proxy_says_who_the_caller_is(livekit_server: LiveKitServer) -> None:
    options = with_web(rate_limit=2, trusted_proxies=("10.0.0.0/8",))
    async with open_house(livekit_server.access, options) as house, house.caller("10.1.2.3") as proxy:
        codes = [
            (await proxy.post("/token", headers={"X-Forwarded-For": f"203.0.113.{n}, {caller}"})).status_code
            for caller in ("198.51.100.1", "198.51.100.2")
            for n in range(3)
        ]
        async with house.caller("192.0.2.5") as stranger:
            spoofed = [
                (await stranger.post("/token", headers={"X-Forwarded-For": f"1.1.1.{n}"})).status_code for n in range(3)
            ]
    # what stands before the proxy's own entry is the caller's claim, and counts for nothing
    assert codes == [201, 201, 429] * 2
    assert spoofed == [201, 201, 429]
