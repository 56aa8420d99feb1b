"""What goes wrong around a call by browser, and that the page says so and the call goes on."""

from datetime import timedelta

import pytest
from livekit import api
from playwright.async_api import Route
from pydantic import SecretStr

from switchboard.database import Database
from switchboard.http.resume_tokens import ResumeToken, ResumeTokens
from switchboard.ledger.events import Answered, HandoffDone
from tests.browser.caller import Caller
from tests.browser.ledger import calls_of, events_when, of
from tests.browser.stack import Stack
from tests.livekit import KEY, SECRET

AT_ONCE = 2_000
"""Milliseconds within which the page has to say what happened."""


@pytest.fixture
async def with_support(caller: Caller, ledger: Database) -> str:
    """The caller asked for an order and is with support, and the ledger knows it; the call's origin."""
    await caller.call("Type instead")
    await caller.type("Where is my order?")
    await caller.is_with("support")
    origin = await caller.origin()
    await events_when(ledger, origin, lambda events: any(of(events, HandoffDone)))
    return origin


async def test_a_killed_worker_is_told_and_the_call_goes_on(
    stack: Stack, ledger: Database, caller: Caller, with_support: str
) -> None:
    stack.worker.kill()
    try:
        await caller.notice("The line went quiet", patience=AT_ONCE)
    finally:
        stack.worker.start()
    await _comes_back(caller)
    events = await events_when(ledger, with_support, lambda events: any(of(events, Answered)), number=1)
    first, *_ = await calls_of(ledger, with_support)
    assert of(events, Answered)[0].resumes == first
    await _goes_on(caller)


async def test_a_restarted_server_is_told_and_the_call_goes_on(stack: Stack, caller: Caller, with_support: str) -> None:
    stack.livekit.stop()
    try:
        await caller.notice("Connection lost", patience=AT_ONCE)
    finally:
        stack.livekit.start()
    await caller.sees(caller.page.locator('.agent:not([data-doing="lost"])'))
    await _goes_on(caller)  # whoever is there: the agent of before, which is about to leave, or the next one


async def _comes_back(caller: Caller) -> None:
    """By the button, if the page does not go on by itself, the caller is back with the agent that had them."""
    await caller.takes_up("Continue the call")
    await caller.live(60_000)
    await caller.is_with("support", 60_000)


async def _goes_on(caller: Caller) -> None:
    """The call continues where it was: an order was asked for."""
    await caller.type("Order 10042, postcode SW1A 2AA.")
    await caller.sees(caller.said("agent"), "oak writing desk", patience=40_000)
    await caller.hang_up()


@pytest.mark.parametrize("minutes", [-1, 60], ids=["expired", "forged"])
async def test_a_bad_token_leads_to_no_call(caller: Caller, minutes: int) -> None:
    secret = SECRET if minutes < 0 else "somebody else's secret, of the same length"
    token = ResumeToken(
        call="call-000000000000", room="call-000000000000", identity="caller-00000000", line="support-line"
    )
    kept = {"token": ResumeTokens(SecretStr(secret), minutes).sign(token), "line": token.line, "serverUrl": ""}
    await caller.page.evaluate("kept => sessionStorage.setItem('switchboard.call', JSON.stringify(kept))", kept)
    await caller.page.reload()
    await caller.press("Continue the call")
    await caller.notice("That call is over")
    await caller.call("Type instead")
    await caller.hang_up()


async def test_an_expired_token_is_told_and_a_new_one_leads_in(caller: Caller) -> None:
    async def answer(route: Route) -> None:
        real = await route.fetch()
        call = await real.json()
        grants = api.VideoGrants(room_join=True, room=call["id"])
        token = api.AccessToken(KEY, SECRET).with_identity("late").with_grants(grants).with_ttl(timedelta(hours=-1))
        await route.fulfill(response=real, json={**call, "participant_token": token.to_jwt()})

    await caller.page.route("**/calls", answer, times=1)
    await caller.press("Type instead")
    await caller.notice("That took too long")
    await caller.press("Continue the call")
    await caller.live()
    await caller.sees(caller.said("agent"))
    await caller.hang_up()


async def test_without_a_worker_the_page_says_that_nobody_picks_up(stack: Stack, caller: Caller) -> None:
    stack.worker.kill()
    try:
        await caller.press("Type instead")
        await caller.notice("Nobody picked up", patience=15_000)
    finally:
        stack.worker.start()
    await caller.call("Type instead")
    await caller.hang_up()
