"""What is typed on a phone: acted on like spoken words, and kept by nobody."""

import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bench.softphone import Softphone
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, HandoffDone, ToolCalled
from switchboard.ledger.mask import MASK
from tests.browser.ledger import ended, events_when, of
from tests.phone import vault
from tests.phone.ledger import new_origin, origins
from tests.phone.services import PhoneServices
from tests.phone.stack import NUMBER, PhoneStack, phone_setup

PIN = "847215"
VAULT = {"PHONE_NUMBERS": f"{NUMBER}={vault.LINE.name}"}


async def test_an_order_number_is_typed_in_place_of_spoken(
    stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone
) -> None:
    known = await origins(ledger)
    await quiet.dial(up.uri(NUMBER))
    await quiet.until("CALL_ESTABLISHED")
    await quiet.press("10042#")
    origin = await new_origin(ledger, known)
    events = await events_when(ledger, origin, lambda events: len(of(events, AgentSpoke)) > 1)
    await quiet.hangup()

    assert of(events, CallerSpoke)[0].text == "(typed on the keypad) *****"
    assert of(events, HandoffDone)[0].target == "support"
    assert "postcode" in of(events, AgentSpoke)[-1].text  # the number is known: next is who calls


async def test_zero_asks_for_a_person(stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone) -> None:
    known = await origins(ledger)
    await quiet.dial(up.uri(NUMBER))
    await quiet.until("CALL_ESTABLISHED")
    await quiet.press("0")
    origin = await new_origin(ledger, known)

    events = await events_when(ledger, origin, lambda events: bool(of(events, HandoffDone)))
    await quiet.hangup()
    assert of(events, HandoffDone)[0].target == "escalation"


@pytest.fixture
async def vault_stack(services: PhoneServices, sqlite_templates: Path, tmp_path: Path) -> AsyncIterator[PhoneStack]:
    """A stack whose number reaches the line that asks for a PIN, and whose worker logs all it can."""
    shutil.copy(sqlite_templates / "empty.db", tmp_path / "switchboard.db")
    url = f"sqlite:///{tmp_path}/switchboard.db"
    phone = VAULT | {"WORKER_EXECUTOR": "thread", "LOG_LEVEL": "debug"}
    running = PhoneStack(services, url, tmp_path, phone, agent=vault.LINE.name, script=vault.SCRIPT)
    running.run_worker("-m", "tests.phone.vault", "start", "--log-level", "debug")
    try:
        running.start()
        async with phone_setup(services, VAULT, agent=vault.LINE.name) as setup:
            await setup.up()
            yield running
            await setup.down()
    finally:
        running.stop()


async def test_a_pin_is_typed_and_leaves_no_trace_in_ledger_or_log(
    vault_stack: PhoneStack, services: PhoneServices, quiet: Softphone
) -> None:
    async with aclosing(Database(vault_stack.database)) as ledger:
        await quiet.dial(services.uri(NUMBER))
        await quiet.until("CALL_ESTABLISHED")
        await quiet.press(f"{PIN}#")
        origin = await new_origin(ledger, set())
        await events_when(ledger, origin, lambda events: any("opens" in spoke.text for spoke in of(events, AgentSpoke)))
        await quiet.hangup()
        events = await ended(ledger, origin)

    assert called(events) == [("open_vault", {"pin": MASK})]
    assert PIN not in str(events)
    assert PIN not in vault_stack.worker.written
    assert "executing tool" in vault_stack.worker.written  # it does tell what is done


def called(events: list[Event]) -> list[tuple[str, dict[str, Any]]]:
    """The tools that were called, with their arguments."""
    return [(call.tool, call.arguments) for call in of(events, ToolCalled)]
