"""A phone's call outlasts its worker's grace and goes on with another; it breaks off, and the phone calls again."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.softphone import Softphone
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, Ended, HandoffDone
from switchboard.line.words import Words
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.stack import Program
from tests.phone.ledger import new_origin, origins
from tests.phone.services import PhoneServices
from tests.phone.stack import NUMBER, PHONE, PhoneStack, phone_setup

AGENT = "again"
SHORTEST_GRACE = "30"
PROMISE = 2.0


@pytest.fixture
async def two(
    services: PhoneServices, sqlite_templates: Path, tmp_path: Path
) -> AsyncIterator[tuple[PhoneStack, Program]]:
    """A stack whose line takes callers up again, and a second worker that has not started."""
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    grace = {"WORKER_GRACE_SECONDS": SHORTEST_GRACE, "WORKER_EXECUTOR": "thread"}
    running = PhoneStack(services, f"sqlite:///{tmp_path}/switchboard.db", tmp_path, PHONE | grace, agent=AGENT)
    running.run_worker("-m", "tests.phone.again", "start")
    second = replace(running.worker, log=tmp_path / "second.log")
    try:
        running.start()
        async with phone_setup(services, PHONE, agent=AGENT) as setup:
            await setup.up()
            yield running, second
            await setup.down()
    finally:
        second.kill()
        running.stop()


async def test_a_phone_stays_connected_while_its_call_moves_and_leads_to_the_same_agent_when_it_calls_again(
    two: tuple[PhoneStack, Program], services: PhoneServices, quiet: Softphone
) -> None:
    stack, second = two
    async with aclosing(Database(stack.database)) as ledger:
        await quiet.dial(services.uri(NUMBER))
        await quiet.until("CALL_ESTABLISHED")
        await quiet.press("10042#")
        origin = await new_origin(ledger, set())
        await events_when(
            ledger, origin, lambda events: any(spoke.agent == "support" for spoke in of(events, AgentSpoke))
        )
        await asyncio.to_thread(second.start)
        await asyncio.to_thread(stack.worker.drain)
        moved = await ended(ledger, origin, number=0)
        after = await events_when(ledger, origin, lambda events: bool(of(events, AgentSpoke)), number=1)
        await quiet.hangup()
        broken = await ended(ledger, origin, number=1)
        await quiet.until("CALL_CLOSED")

        known = await origins(ledger)
        await quiet.dial(services.uri(NUMBER))
        await quiet.until("CALL_ESTABLISHED")
        later = await new_origin(ledger, known)
        afresh = await events_when(ledger, later, lambda events: bool(of(events, AgentSpoke)))
        await quiet.hangup()
        first, _ = await calls_of(ledger, origin)

    assert of(moved, HandoffDone)[-1].target == "support"
    assert of(moved, AgentSpoke)[-1].text == Words().moving
    assert of(moved, Ended)[0].reason == "moved"
    assert (of(after, Answered)[0].agent, of(after, Answered)[0].resumes) == ("support", first)
    assert of(broken, Ended)[0].reason == "caller_left"
    left, came = of(moved, Ended)[0].wall, of(after, Answered)[0].wall
    assert left and came and (came - left).total_seconds() < PROMISE
    assert (of(afresh, Answered)[0].agent, of(afresh, Answered)[0].resumes) == ("support", None)
    assert "same matter" in of(afresh, AgentSpoke)[0].text
