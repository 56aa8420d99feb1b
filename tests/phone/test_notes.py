"""An agent that stays, silent, while a person has the caller, and writes down what both say."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bench.outlet import Outlet
from bench.recording import MINUTES, record
from bench.softphone import softphone
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, PersonSpoke, PersonStep
from tests.browser.ledger import events_when, of
from tests.phone.desk import Desk
from tests.phone.services import PhoneServices
from tests.phone.stack import PHONE, PhoneStack, phone_setup, shop_desk
from tests.phone.test_warm_transfer import Case, briefed

AGENT = "notes"
CALLER = (20.0, "Where is my order?", MINUTES)
PERSON = (16.0, "I want to speak to a real person right now.", MINUTES)


@pytest.fixture
def attentive(
    services: PhoneServices, outlets: tuple[Outlet, Outlet], sqlite_templates: Path, tmp_path: Path
) -> Iterator[PhoneStack]:
    """A stack whose agents take notes."""
    shutil.copy(sqlite_templates / "seeded.db", tmp_path / "switchboard.db")
    phone = PHONE | shop_desk(*outlets) | {"PHONE_TAKES_NOTES": "true"}
    running = PhoneStack(services, f"sqlite:///{tmp_path}/switchboard.db", tmp_path, phone, agent=AGENT)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
async def case(attentive: PhoneStack, services: PhoneServices, tmp_path: Path) -> AsyncIterator[Case]:
    says = record(tmp_path / "caller.wav", CALLER)
    async with (
        aclosing(Database(attentive.database)) as ledger,
        phone_setup(services, PHONE, agent=AGENT) as setup,
        softphone(tmp_path / "caller", says) as phone,
    ):
        await setup.up()
        yield Case(services, ledger, phone)
        await setup.down()


async def test_what_both_say_is_written_down_and_nobody_answers_it(case: Case, desk: Desk) -> None:
    async with desk(1, *PERSON) as person:
        await briefed(case, person)
        await person.press("1")
        await case.until_stage("joined")
        events = await events_when(case.ledger, case.origin, both_spoke)
        await person.hangup()
        await case.end()

    joined = next(step.seq for step in of(events, PersonStep) if step.stage == "joined")
    assert not [spoke for spoke in of(events, AgentSpoke) if spoke.seq > joined]


def both_spoke(events: list[Event]) -> bool:
    """Whether the ledger has words of both after they were joined."""
    joined = [step.seq for step in of(events, PersonStep) if step.stage == "joined"]
    said = [spoke for spoke in of(events, CallerSpoke) if joined and spoke.seq > joined[0]]
    return bool(said and of(events, PersonSpoke))
