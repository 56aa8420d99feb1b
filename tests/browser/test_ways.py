"""The ways of a call by browser: typing, keys, muting, two at once, a reload, no microphone."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from switchboard.database import Database
from switchboard.ledger.events import CallerSpoke, Ended, ToolCalled
from tests.browser.caller import Caller, browser, new_caller
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.sound import record
from tests.browser.stack import Stack

TWO_SENTENCES = (8.0, "Do you sell gift cards?", 6.0, "Hello. Where is my order?", 1.0)
FIRST_IS_OVER = 12.0


async def test_typed_words_are_answered_aloud(caller: Caller, ledger: Database) -> None:
    await caller.call("Type instead")
    await caller.type("Where is my order?")
    await caller.is_with("support")
    await caller.hears(500)
    await caller.type("Order 10042, postcode SW1A 2AA.")
    await caller.sees(caller.tool("find_order"))
    await caller.sees(caller.said("agent"), "oak writing desk")
    origin = await caller.origin()
    await caller.hang_up()
    events = await ended(ledger, origin)
    assert of(events, CallerSpoke)[0].text == "Where is my order?"
    assert "find_order" in [called.tool for called in of(events, ToolCalled)]


async def test_a_goodbye_ends_the_call(caller: Caller, ledger: Database) -> None:
    await caller.call("Type instead")
    origin = await caller.origin()
    await caller.type("Goodbye!")
    await expect(caller.page.locator('.over[data-reason="goodbye"]')).to_be_visible(timeout=30_000)
    assert of(await ended(ledger, origin), Ended)[0].reason == "goodbye"


async def test_keys_are_shown_and_reach_the_room(caller: Caller) -> None:
    await caller.call("Type instead")
    await caller.press("Keypad")
    for key in ("Key 1", "Key 0", "Key star", "Key hash"):
        await caller.press(key)
    await expect(caller.page.get_by_label("Keys pressed")).to_have_text("10*#")
    await caller.page.keyboard.press("7")
    await expect(caller.page.get_by_label("Keys pressed")).to_have_text("10*#7")


async def test_a_muted_caller_is_not_heard(stack: Stack, ledger: Database, tmp_path: Path) -> None:
    async with browser(record(tmp_path / "caller.wav", TWO_SENTENCES)) as chromium:
        caller = await new_caller(chromium, permissions=["microphone"])
        await caller.open(stack.page)
        await caller.press("Call us now")
        await caller.press("Mute")
        await expect(caller.button("Unmute")).to_be_visible()
        origin = await caller.origin()
        await caller.sends("seconds > argument", FIRST_IS_OVER)
        energy, _ = await caller.sent()
        assert energy < 1e-4
        assert await caller.said("caller").count() == 0
        unmuted = datetime.now(UTC)
        await caller.press("Unmute")
        await expect(caller.button("Mute")).to_be_visible()
        await caller.sees(caller.said("caller"), patience=40_000)
        await caller.hang_up()
    spoken = of(await ended(ledger, origin), CallerSpoke)
    assert spoken
    assert all(spoke.wall and spoke.wall > unmuted for spoke in spoken)


async def test_two_callers_at_once_have_calls_of_their_own(stack: Stack, quiet: Browser, caller: Caller) -> None:
    other = await new_caller(quiet, permissions=["microphone"])
    await other.open(stack.page)
    await caller.call("Type instead")
    await other.call("Type instead")
    assert await caller.origin() != await other.origin()
    await caller.type("Where is my order?")
    await other.type("I want to speak to a human.")
    await caller.is_with("support")
    await other.is_with("escalation")
    await caller.type("Order 10042, postcode SW1A 2AA.")
    await caller.sees(caller.said("agent"), "oak writing desk")
    assert "oak writing desk" not in await other.text()
    assert "human" not in await caller.text()
    await caller.hang_up()
    await other.type("Hello?")
    await other.live()
    await other.hang_up()


async def test_a_reload_continues_the_same_call(caller: Caller, ledger: Database) -> None:
    await caller.call("Type instead")
    await caller.type("Where is my order?")
    await caller.is_with("support")
    origin = await caller.origin()
    await caller.page.reload()
    await caller.press("Continue the call")
    await caller.live()
    await caller.is_with("support")
    await caller.hears(300)
    await caller.type("Order 10042, postcode SW1A 2AA.")
    await caller.sees(caller.said("agent"), "oak writing desk")
    assert await caller.origin() == origin
    await caller.hang_up()
    await ended(ledger, origin)
    assert len(await calls_of(ledger, origin)) == 1


async def test_without_a_microphone_the_caller_types(stack: Stack) -> None:
    async with browser(None) as chromium:
        await _types_without_microphone(await new_caller(chromium), stack, "No microphone found")


async def test_with_the_permission_refused_the_caller_types(stack: Stack, tmp_path: Path) -> None:
    async with browser(record(tmp_path / "quiet.wav", [1.0]), asks=True) as chromium:
        await _types_without_microphone(await new_caller(chromium), stack, "Your microphone is blocked")


async def _types_without_microphone(caller: Caller, stack: Stack, told: str) -> None:
    await caller.open(stack.page)
    await caller.call()
    await caller.notice(told)
    await caller.hears(500)
    await caller.type("Where is my order?")
    await caller.is_with("support")
    await caller.hang_up()
    assert caller.complaints == []


async def test_hanging_up_is_told_from_a_worker_that_stops(caller: Caller, ledger: Database) -> None:
    await caller.call("Type instead")
    origin = await caller.origin()
    await events_when(ledger, origin, bool)
    await caller.hang_up()
    assert of(await ended(ledger, origin), Ended)[0].reason == "caller_left"
