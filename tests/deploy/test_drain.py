"""A worker that is stopped takes no new call; running ones go on for the grace period. The ledger tells their end."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from switchboard.database import Database
from switchboard.ledger.events import CallerSpoke, Ended, HandoffDone
from tests.browser.caller import Caller, new_caller
from tests.browser.ledger import ended, events_when, of
from tests.deploy.conftest import GRACE_SECONDS
from tests.deploy.project import Project
from tests.phone.ledger import origins

DRAINING = "draining worker"
KILLED = 137


@pytest.fixture
async def stopping(project: Project, ledger: Database, caller: Caller) -> AsyncIterator[asyncio.Task[None]]:
    """A caller is with support, and the worker is being stopped."""
    await caller.call("Type instead")
    await caller.type("where is my order?")
    await caller.is_with("support")
    task = asyncio.create_task(asyncio.to_thread(project.stop, "worker"))
    await asyncio.to_thread(project.wait, lambda: DRAINING in project.logs("worker"), "the worker drains")
    yield task
    await task
    await asyncio.to_thread(project.start, "worker")


async def test_a_stopped_worker_takes_no_new_call_and_lets_the_running_one_end(
    project: Project, ledger: Database, caller: Caller, quiet: Browser, stopping: asyncio.Task[None]
) -> None:
    known = await origins(ledger)
    other = await new_caller(quiet, permissions=["microphone"])
    await other.open(project.page)
    await other.press("Type instead")
    await other.notice("Nobody picked up")
    assert await origins(ledger) == known

    origin = await caller.origin()
    await caller.type("number is one zero zero four two, my postcode is SW1A 2AA")
    await caller.sees(caller.said("agent"), "oak writing desk")
    assert not stopping.done()
    await caller.hang_up()
    began = time.monotonic()
    await stopping
    assert time.monotonic() - began < GRACE_SECONDS / 2, "it waited for nobody"
    events = await ended(ledger, origin)
    assert of(events, Ended)[0].reason == "caller_left"
    assert project.state("worker")["ExitCode"] != KILLED


async def test_a_call_that_outlasts_the_grace_period_is_ended_and_the_ledger_says_so(
    project: Project, ledger: Database, caller: Caller, stopping: asyncio.Task[None]
) -> None:
    origin = await caller.origin()
    await caller.type("one moment please")
    await events_when(ledger, origin, lambda events: len(of(events, CallerSpoke)) == 2)
    await stopping
    assert project.state("worker")["ExitCode"] != KILLED
    events = await ended(ledger, origin)
    assert of(events, Ended)[0].reason == "stopped"
    assert of(events, HandoffDone)[0].target == "support"
