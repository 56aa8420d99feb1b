"""What is typed on a phone: acted on like spoken words, and kept by nobody."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bench.softphone import Softphone
from stack.ports import free_port
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, HandoffDone, Recording, ToolCalled
from switchboard.ledger.mask import MASK
from switchboard.ledger.prices import Prices
from switchboard.operate.feed import Feed
from switchboard.operate.sight import Sight
from tests.browser.ledger import ended, events_when, of
from tests.collector import Collector, collecting
from tests.command import run
from tests.phone import vault
from tests.phone.ledger import call_of, new_origin, origins
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
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
async def vault_stack(
    services: PhoneServices, sqlite_templates: Path, tmp_path: Path, collector: Collector
) -> AsyncIterator[PhoneStack]:
    """A stack whose number reaches the line that asks for a PIN, and whose worker tells all it can, wherever it can."""
    shutil.copy(sqlite_templates / "empty.db", tmp_path / "switchboard.db")
    url = f"sqlite:///{tmp_path}/switchboard.db"
    tells = {
        "LOG_LEVEL": "debug",
        "RECORDINGS_URL": f"file://{tmp_path}/recordings",
        "WORKER_METRICS_PORT": str(free_port()),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
    }
    running = PhoneStack(
        services,
        url,
        tmp_path,
        VAULT | tells | {"WORKER_EXECUTOR": "thread"},
        agent=vault.LINE.name,
        script=vault.SCRIPT,
    )
    running.run_worker("-m", "tests.phone.vault", "start", "--log-level", "debug")
    try:
        running.start()
        async with phone_setup(services, VAULT, agent=vault.LINE.name) as setup:
            await setup.up()
            yield running
            await setup.down()
    finally:
        running.stop()


@asynccontextmanager
async def watched(database: Database) -> AsyncIterator[list[str]]:
    """All that operators' pages are told meanwhile, to those who may see everything."""
    told = list[str]()
    async with aclosing(Feed(database, [vault.LINE], Prices.read())) as feed, feed.all(Sight.ALL) as subscription:

        async def read() -> None:
            async for message in subscription:
                told.append(message.data)

        reading = asyncio.create_task(read())
        yield told
        reading.cancel()


def exported(stack: PhoneStack, call_id: str, folder: Path) -> str:
    """What the commands make of the call, for who may see everything: the list, what a search finds, each export."""
    page = folder / "call.html"
    commands = (("--json",), ("--search", PIN), (call_id, "--json"), (call_id,), (call_id, "--html", str(page)))
    made = [run("calls", *command, DATABASE_URL=stack.database) for command in commands]
    assert [each.returncode for each in made] == [0] * len(made)
    return "".join(each.stdout + each.stderr for each in made) + page.read_text()


def files_in(folder: Path) -> dict[Path, bytes]:
    """All that is there."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_a_pin_is_typed_and_leaves_no_trace_anywhere(
    vault_stack: PhoneStack, services: PhoneServices, quiet: Softphone, collector: Collector, tmp_path: Path
) -> None:
    async with aclosing(Database(vault_stack.database)) as ledger, watched(ledger) as told:
        await quiet.dial(services.uri(NUMBER))
        await quiet.until("CALL_ESTABLISHED")
        origin = await new_origin(ledger, set())
        await events_when(ledger, origin, lambda events: "began" in stages(events))
        await quiet.press(f"{PIN}#")
        await events_when(ledger, origin, lambda events: "resumed" in stages(events))
        await quiet.hangup()
        events = await ended(ledger, origin)
        call_id = await call_of(ledger, origin)
    port = vault_stack.worker.environ["WORKER_METRICS_PORT"]
    async with httpx2.AsyncClient() as client:
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).raise_for_status().text
    exports = await asyncio.to_thread(exported, vault_stack, call_id, tmp_path)
    await asyncio.to_thread(vault_stack.worker.drain)
    kept = files_in(tmp_path)

    assert called(events) == [("open_vault", {"pin": MASK})]
    assert any("opens" in spoke.text for spoke in of(events, AgentSpoke))
    assert "paused" in stages(events)
    # each of them tells of the call
    assert "executing tool" in vault_stack.worker.written
    assert call_id in exports
    assert f'line="{vault.LINE.name}"' in metrics
    assert any(call_id in message for message in told)
    assert "function_tool" in {span.name for span in collector.spans()}
    assert {".ogg", ".db"} <= {file.suffix for file in kept}
    # and none of the PIN
    everywhere = [str(events), vault_stack.worker.written, exports, metrics, *told]
    assert not [text for text in everywhere if PIN in text]
    assert not [body for body in (*collector.bodies, *kept.values()) if PIN.encode() in body]


def stages(events: list[Event]) -> list[str]:
    """What became of the recording."""
    return [event.stage for event in of(events, Recording)]


def called(events: list[Event]) -> list[tuple[str, dict[str, Any]]]:
    """The tools that were called, with their arguments."""
    return [(call.tool, call.arguments) for call in of(events, ToolCalled)]
