"""Operators see calls while they run and afterwards, find what was said, and hear it."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import av
import numpy as np
import pytest
from playwright.async_api import Browser, Locator, expect

from bench.recording import correlations
from switchboard.database import Database
from switchboard.ledger.events import Answered, CallerSpoke, Event, Failed, HandoffDone
from tests.browser.caller import PATIENCE, Caller, browser, new_caller
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.operator import RATE, Operator
from tests.browser.sound import record
from tests.browser.stack import Stack
from tests.browser.typist import in_a_call
from tests.command import run

PERSON = "I want to speak to a human."
LOUD = 0.01
FULL = 32_768
SOON = 1.0
"""In seconds: what happens in a call is on the page by then."""


@pytest.fixture
async def watched_ledger(watched_stack: Stack) -> AsyncIterator[Database]:
    """The database that the watched stack writes to."""
    async with aclosing(Database(watched_stack.database)) as database:
        yield database


async def test_what_happens_in_calls_is_seen_as_it_happens_and_what_was_said_is_found(
    watched_stack: Stack, watched_ledger: Database
) -> None:
    async with (
        browser(None) as chromium,
        _operator(chromium, watched_stack) as operator,
        AsyncExitStack() as calling,
    ):
        await expect(operator.page.locator(".picture").first).to_be_visible(timeout=PATIENCE)
        callers = [await calling.enter_async_context(in_a_call(watched_stack)) for _ in range(3)]
        calls = [await _call_of(watched_ledger, caller.origin) for caller in callers]
        seen = [await operator.sees(f"call {call}") for call in calls]
        answered = [await _when(watched_ledger, caller.origin, Answered) for caller in callers]
        assert all(shown - happened < SOON for shown, happened in zip(seen, answered, strict=True))
        assert await operator.sees("at greeter 3") - max(answered) < SOON

        await callers[0].say(PERSON)
        arrived = await _when(watched_ledger, callers[0].origin, HandoffDone)
        assert await operator.sees("at escalation 1") - arrived < SOON

        fourth = await calling.enter_async_context(in_a_call(watched_stack))
        await _strike(watched_stack, "failed_response")
        await fourth.say("Hello?")
        failed = await _when(watched_ledger, fourth.origin, Failed)
        assert await operator.sees(f"alarm {await _call_of(watched_ledger, fourth.origin)}") - failed < SOON

        await callers[1].say("Do you sell a purple umbrella?")
        await _when(watched_ledger, callers[1].origin, CallerSpoke)
        await operator.open("calls")
        await operator.search("umbrella")
        await expect(operator.row(calls[1])).to_be_visible(timeout=PATIENCE)
        await expect(operator.row(calls[0])).to_be_hidden()


async def test_a_word_that_is_clicked_is_heard_and_a_handoffs_silence_is_drawn_as_it_was(
    watched_stack: Stack, watched_ledger: Database, tmp_path: Path
) -> None:
    async with browser(record(tmp_path / "quiet.wav", [1.0])) as chromium:
        caller = await _spoken_call(chromium, watched_stack)
        call = await _call_of(watched_ledger, await caller.origin())
        async with _operator(chromium, watched_stack) as operator:
            await operator.open(f"calls/{call}")
            await expect(operator.page.get_by_text("It can be heard when the call is over.")).to_be_visible(
                timeout=PATIENCE
            )
            await caller.hang_up()
            await expect(operator.plays).to_be_enabled(timeout=PATIENCE)
            lane = await _lane(operator, call)

            row = operator.page.locator('.row[data-who="agent"]').last
            await row.scroll_into_view_if_needed()
            word = row.locator(".words [data-at]").first
            at = await _number(word, "at")
            await word.click()
            heard = await operator.heard("agent.ogg", 0.3)
            recorded = lane[round((at - 0.1) * RATE) : round((at + 0.1) * RATE) + len(heard)]
            assert correlations(heard * FULL, recorded.astype(float) * FULL).max() > 0.8

            drawn = operator.page.locator('.lane[data-kind="voice"] [data-silence="handoff"]').last
            begin, end, ms = [
                float(await drawn.get_attribute(f"data-{name}") or "nan") for name in ("from", "to", "ms")
            ]
            assert abs(_silence(lane, (begin + end) / 2) * 1000 - ms) < 40
            scale = float(await drawn.evaluate("each => each.closest('[data-scale]').dataset.scale"))
            box = await drawn.bounding_box()
            assert box
            assert abs(box["width"] - ms / 1000 * scale) < 1.5


async def test_a_call_is_saved_as_a_scenario_which_holds_and_tells_the_turn_of_another_result(
    watched_stack: Stack, watched_ledger: Database, tmp_path: Path
) -> None:
    file = tmp_path / "saved.yaml"
    async with browser(None) as chromium, _operator(chromium, watched_stack) as operator:
        caller = await new_caller(chromium)
        await caller.open(watched_stack.page)
        await caller.call("Type instead")
        origin = await caller.origin()
        await caller.type("Where is order 10042?")
        await caller.sees(caller.said("agent"), "postcode")
        await caller.type("SW1A 2AA")
        await caller.sees(caller.tool("find_order"))
        await caller.hang_up()
        await ended(watched_ledger, origin)
        call = (await calls_of(watched_ledger, origin))[-1]

        await operator.open(f"calls/{call}")
        async with operator.page.expect_download() as saved:
            await operator.page.get_by_role("link", name="Save as a scenario").click(timeout=PATIENCE)
        await (await saved.value).save_as(file)

    held = await asyncio.to_thread(run, "try", str(file), "--json")
    assert held.returncode == 0, held.stdout
    written = file.read_text("utf-8")
    file.write_text(written.replace("returns: Order 10042 is an oak", "returns: Order 10042 is an ash"))
    failed = await asyncio.to_thread(run, "try", str(file), "--json")
    assert failed.returncode == 1
    assert 'turn 2, "SW1A 2AA": calls find_order' in failed.stdout
    assert 'turn 1, "' not in failed.stdout


@asynccontextmanager
async def _operator(chromium: Browser, stack: Stack) -> AsyncIterator[Operator]:
    """One who has signed in, on whose pages nothing may break."""
    operator = await Operator.at(chromium, stack.page)
    await operator.sign_in()
    yield operator
    assert operator.complaints == []


async def _spoken_call(chromium: Browser, stack: Stack) -> Caller:
    """A call that goes on, in which agents spoke and one handed the caller over."""
    caller = await new_caller(chromium, permissions=["microphone"])
    await caller.open(stack.page)
    await caller.call()
    await caller.hears(1_000)
    await caller.type("Where is my order?")
    await caller.is_with("support")
    await caller.hears(await caller.heard_ms() + 1_000)
    await caller.type(PERSON)  # this handoff is announced: its silence begins with the end of that
    await caller.is_with("escalation")
    await caller.hears(await caller.heard_ms() + 3_000)
    return caller


async def _when(ledger: Database, origin: str, kind: type[Event]) -> float:
    """When that happened in the call for the first time, in seconds since 1970."""
    events = await events_when(ledger, origin, lambda events: bool(of(events, kind)))
    first = of(events, kind)[0]
    assert first.wall
    return first.wall.timestamp()


async def _call_of(ledger: Database, origin: str) -> str:
    """The id of the call, which the ledger may learn a moment after its caller."""
    await events_when(ledger, origin, bool)
    return (await calls_of(ledger, origin))[-1]


async def _strike(stack: Stack, fault: str) -> None:
    """Let the next answer of the simulator fail."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{stack.control}/faults", json={"name": fault}) as done,
    ):
        done.raise_for_status()


async def _number(where: Locator, name: str) -> float:
    return float(await where.get_attribute(f"data-{name}") or "nan")


async def _lane(operator: Operator, call: str) -> np.ndarray:
    """The samples of what the agents said, as the page is given them."""
    base = urlsplit(operator.page.url)
    answer = await operator.page.request.get(
        f"{base.scheme}://{base.netloc}/operate/api/calls/{call}/recording/agent.ogg"
    )
    with av.open(io.BytesIO(await answer.body()), "r") as container:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])


def _silence(lane: np.ndarray, middle: float) -> float:
    """For how many seconds nothing was heard around that moment."""
    loud = np.flatnonzero(np.abs(lane) > LOUD) / RATE
    return float(loud[loud > middle].min() - loud[loud < middle].max())
