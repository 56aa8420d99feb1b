"""A whole call by browser: spoken, understood, looked up, handed over, hung up."""

from pathlib import Path

from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, HandoffDone, ToolCalled, ToolReturned
from tests.browser.caller import browser, new_caller
from tests.browser.ledger import ended, of
from tests.browser.sound import record
from tests.browser.stack import Stack

SPOKEN = (
    9.0,
    "Hello. Where is my order?",
    9.0,
    "My order number is one zero zero four two.",
    8.0,
    "My postcode is S, W, 1, A. 2, A, A.",
    1.0,
)
ROOM = "JSON.parse(atob(JSON.parse(sessionStorage['switchboard.call']).ticket.split('.')[1])).call"


async def test_a_spoken_call_is_answered_understood_and_handed_over(
    stack: Stack, ledger: Database, tmp_path: Path
) -> None:
    async with browser(record(tmp_path / "caller.wav", SPOKEN)) as chromium:
        caller = await new_caller(chromium, permissions=["microphone"])
        await caller.open(stack.page)
        await caller.call()
        origin = await caller.page.evaluate(ROOM)
        await caller.is_with("greeter")
        await caller.hears(1_000)
        await caller.sees(caller.said("caller"), "order", patience=40_000)
        await caller.is_with("support")
        await caller.sees(caller.tool("verify_caller"), patience=60_000)
        await caller.sees(caller.tool("find_order"))
        await caller.sees(caller.said("agent"), "oak writing desk")

        await caller.type("I want to speak to a human.")
        await caller.is_with("escalation")
        await caller.sees(caller.page.locator('.transcript [data-who="agent"][data-agent="escalation"]'))
        heard = await caller.heard_ms()
        await caller.hears(heard + 1_000)
        assert await caller.page.locator('[data-edge="greeter-support"][data-taken="true"]').count()
        await caller.hang_up()
        assert caller.complaints == []

    events = await ended(ledger, origin)
    assert isinstance(events[0], Answered)
    assert isinstance(events[-1], Ended)
    assert events[-1].reason == "caller_left"
    assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + len(events)))
    assert [(done.source, done.target) for done in of(events, HandoffDone)] == [
        ("greeter", "support"),
        ("support", "escalation"),
    ]
    assert "find_order" in [called.tool for called in of(events, ToolCalled)]
    assert {called.call_id for called in of(events, ToolCalled)} == {back.call_id for back in of(events, ToolReturned)}
    assert {spoke.agent for spoke in of(events, AgentSpoke)} == {"greeter", "support", "escalation"}
    assert any("order" in spoke.text.lower() for spoke in of(events, CallerSpoke))
