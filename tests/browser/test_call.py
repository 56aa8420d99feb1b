"""A whole call by browser: spoken, understood, looked up, handed over, hung up; with a script and with recognition."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, HandoffDone, ToolCalled, ToolReturned
from tests.browser.caller import Caller, browser, new_caller
from tests.browser.ledger import ended, of
from tests.browser.sound import record
from tests.browser.stack import Stack

# With pauses, as people read out a number; without them Whisper's smallest model hears letters, one time in three.
ORDER = "My order number is one, zero, zero, four, two."
POSTCODE = "My postcode is S, W, 1, A. 2, A, A."
PERSON = "I want to speak to a human."
ANSWERS = 6
"""So many times the caller says what they are asked for: Whisper's smallest model does not always understand."""


@pytest.fixture
def calling(tmp_path: Path) -> Callable[[Stack], AbstractAsyncContextManager[Caller]]:
    """A caller with a microphone who has called."""

    @asynccontextmanager
    async def call(stack: Stack) -> AsyncIterator[Caller]:
        async with browser(record(tmp_path / "quiet.wav", [1.0])) as chromium:
            caller = await new_caller(chromium, permissions=["microphone"])
            await caller.open(stack.page)
            await caller.call()
            yield caller
            assert caller.complaints == []

    return call


Calling = Callable[[Stack], AbstractAsyncContextManager[Caller]]


async def test_a_call_by_script_is_heard_looked_up_and_handed_over(scripted_stack: Stack, calling: Calling) -> None:
    async with calling(scripted_stack) as caller:
        origin = await caller.origin()
        await caller.is_with("greeter")
        await caller.hears(1_000)
        await caller.say("Where is my order?")
        await caller.sees(caller.said("caller"), "Where is my order?")
        await caller.is_with("support")
        await caller.sees(caller.said("agent"), "What is its number?")
        await caller.say(ORDER)
        await caller.sees(caller.said("agent"), "And your postcode?")
        await caller.say(POSTCODE)
        await caller.sees(caller.said("caller"), "S W 1 A 2 A A")
        await caller.sees(caller.tool("verify_caller"))
        await caller.sees(caller.tool("find_order"))
        await caller.sees(caller.said("agent"), "oak writing desk is late")
        await caller.say(PERSON)
        await _escalation_is_heard(caller)
        await caller.hang_up()

    async with aclosing(Database(scripted_stack.database)) as ledger:
        await _ledger_is_complete(ledger, origin)


async def test_a_spoken_call_is_understood_looked_up_and_handed_over(
    stack: Stack, ledger: Database, calling: Calling
) -> None:
    async with calling(stack) as caller:
        origin = await caller.origin()
        await caller.is_with("greeter")
        await caller.hears(1_000)
        await caller.say("Hello. Where is my order?")
        await caller.sees(caller.said("caller"), "order")
        await caller.is_with("support")
        await _give_what_is_asked_for(caller)
        await caller.sees(caller.tool("verify_caller"))
        await caller.sees(caller.tool("find_order"))
        await caller.sees(caller.said("agent"), "oak writing desk")
        await caller.press("Mute")
        await caller.type(PERSON)
        await _escalation_is_heard(caller)
        await caller.hang_up()

    await _ledger_is_complete(ledger, origin)


async def _give_what_is_asked_for(caller: Caller) -> None:
    """Say the order's number, or the postcode, whatever the agent wants to know, until it looks them up."""
    looked_up, questions = caller.tool("verify_caller"), caller.said("agent").filter(has_text=re.compile(r"\?\s*$"))
    asked = 1  # the greeter's
    for _ in range(ANSWERS):
        await caller.sees(questions.nth(asked).or_(looked_up).first)
        if await looked_up.count():
            return
        await caller.may_speak()
        asked = await questions.count()
        question = await questions.last.inner_text()
        await caller.say(POSTCODE if "postcode" in question and "number" not in question else ORDER)


async def _escalation_is_heard(caller: Caller) -> None:
    """The caller is handed to escalation, which speaks with Cartesia's voice; transcript and graph show it."""
    await caller.is_with("escalation")
    heard = await caller.heard_ms()
    await caller.sees(caller.page.locator('.transcript [data-who="agent"][data-agent="escalation"]'))
    await caller.hears(heard + 1_000)
    for edge in ("greeter-support", "support-escalation"):
        assert await caller.page.locator(f'[data-edge="{edge}"][data-taken="true"]').count()


async def _ledger_is_complete(ledger: Database, origin: str) -> None:
    events = await ended(ledger, origin)
    assert isinstance(events[0], Answered)
    assert isinstance(events[-1], Ended)
    assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + len(events)))
    assert [(done.source, done.target) for done in of(events, HandoffDone)] == [
        ("greeter", "support"),
        ("support", "escalation"),
    ]
    assert {"verify_caller", "find_order"} <= {called.tool for called in of(events, ToolCalled)}
    assert {called.call_id for called in of(events, ToolCalled)} == {back.call_id for back in of(events, ToolReturned)}
    assert {spoke.agent for spoke in of(events, AgentSpoke)} == {"greeter", "support", "escalation"}
    assert any("order" in spoke.text.lower() for spoke in of(events, CallerSpoke))
