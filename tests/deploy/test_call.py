"""A call by browser through the published ports, heard and understood, in the line that the compose file brings up."""

import asyncio
import re
from contextlib import aclosing
from pathlib import Path

from sqlalchemy import delete

from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, HandoffDone, ToolCalled
from switchboard.ledger.tables import CallRow, EventRow
from tests.browser.caller import Caller, browser, new_caller
from tests.browser.ledger import ended, events_when, of
from tests.browser.sound import record
from tests.deploy.project import Project

PERSON = "I want to speak to a real person right now."


async def test_up_alone_says_which_address_to_open(project: Project) -> None:
    assert project.logs("address").strip() == f"Open {project.page}"


async def test_a_spoken_call_is_heard_and_understood(project: Project, ledger: Database, tmp_path: Path) -> None:
    words = record(tmp_path / "caller.wav", [7.0, PERSON, 14.0, PERSON, 1.0])
    async with browser(words) as chromium:
        caller = await new_caller(chromium, permissions=["microphone"])
        await caller.open(project.page)
        await caller.call()
        origin = await caller.origin()
        await caller.hears(1_000)
        await caller.is_with("escalation", patience=60_000)
        heard = await caller.heard_ms()
        await caller.hears(heard + 1_000)
        await caller.hang_up()
        assert caller.complaints == []

    events = await ended(ledger, origin)
    assert of(events, Answered)[0].provider == "simulator"
    assert "person" in " ".join(spoke.text for spoke in of(events, CallerSpoke))
    assert of(events, HandoffDone)[0].target == "escalation"


async def test_the_demo_has_the_example_shop(caller: Caller) -> None:
    await caller.call("Type instead")
    await caller.type("where is my order? number is one zero zero four two")
    await caller.is_with("support")
    await caller.type("my postcode is SW1A 2AA")
    await caller.sees(caller.said("agent"), "oak writing desk")
    await caller.hang_up()


async def test_the_worker_tells_prometheus_how_full_it_is(project: Project, caller: Caller) -> None:
    await asyncio.to_thread(project.wait, lambda: load_of(project) == 0, "the calls before are over")
    await caller.call("Type instead")
    await asyncio.to_thread(project.wait, lambda: 0 < load_of(project) < 1, "the worker's load shows the call")
    await caller.hang_up()
    await asyncio.to_thread(project.wait, lambda: load_of(project) == 0, "the worker's load shows its end")


def load_of(project: Project) -> float:
    """The worker's load as deploy/kubernetes scales by it."""
    read = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9090/metrics', timeout=4).read().decode())"
    metrics = project.execute("worker", "python", "-c", read)
    (load,) = re.findall(r"^lk_agents_worker_load\{.*\} (\S+)$", metrics, re.MULTILINE)
    return float(load)


async def test_no_event_of_a_call_is_lost_when_postgresql_restarts(
    project: Project, ledger: Database, caller: Caller
) -> None:
    await caller.call("Type instead")
    origin = await caller.origin()
    await events_when(ledger, origin, lambda events: bool(of(events, AgentSpoke)))

    project.stop("postgres")
    await caller.type("where is my order?")
    await caller.is_with("support")
    project.start("postgres")
    await caller.type("number is one zero zero four two, my postcode is SW1A 2AA")
    await caller.sees(caller.said("agent"), "oak writing desk")
    await caller.hang_up()

    async with aclosing(Database(project.database)) as again:  # it may have another address now
        events = await ended(again, origin)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert "where is my order?" in [spoke.text for spoke in of(events, CallerSpoke)]
    assert of(events, HandoffDone)[0].target == "support"
    assert {called.tool for called in of(events, ToolCalled)} >= {"transfer_to_support", "find_order"}
    assert of(events, Ended)


async def test_a_backup_brings_back_what_was_lost(project: Project, ledger: Database, caller: Caller) -> None:
    await caller.call("Type instead")
    origin = await caller.origin()
    await caller.hang_up()
    before = await ended(ledger, origin)

    who = ("-U", "switchboard", "-d", "switchboard")
    project.execute("postgres", "pg_dump", *who, "-Fc", "-f", "/tmp/backup")
    async with ledger.write() as session:
        await session.execute(delete(EventRow))
        await session.execute(delete(CallRow))
    project.execute("postgres", "pg_restore", *who, "--clean", "--if-exists", "/tmp/backup")
    async with aclosing(Database(project.database)) as again:
        assert await ended(again, origin) == before
