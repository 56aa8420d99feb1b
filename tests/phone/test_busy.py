"""A worker that is full says so at once, and the calls that it has go on."""

import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from pathlib import Path

import pytest

from bench.recording import MINUTES, heard_for, loud_seconds, record, recorded
from bench.softphone import Softphone, softphone
from switchboard.database import Database
from switchboard.ledger.events import Ended
from tests.browser.ledger import ended, of
from tests.phone.ledger import origins
from tests.phone.services import PhoneServices
from tests.phone.sipp import Sipp
from tests.phone.stack import NUMBER, PHONE, PhoneStack, phone_setup

AGENT = "small"
AT_ONCE = 2.0
AT_MOST = 8
CALLERS = 50
OVERRUN = 503
"""LiveKit SIP says so itself to some of very many who call in the same moment."""


@contextmanager
def running_stack(services: PhoneServices, templates: Path, folder: Path, calls: int) -> Iterator[PhoneStack]:
    """A stack whose worker takes so many calls."""
    shutil.copy(templates / "seeded.db", folder / "switchboard.db")
    limit = {"WORKER_MAX_CALLS": str(calls)}
    running = PhoneStack(services, f"sqlite:///{folder}/switchboard.db", folder, PHONE | limit, agent=AGENT)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def small_stack(services: PhoneServices, sqlite_templates: Path, tmp_path: Path) -> Iterator[PhoneStack]:
    """A stack whose worker takes one call."""
    with running_stack(services, sqlite_templates, tmp_path, 1) as running:
        yield running


@pytest.fixture
def stack_for_eight(services: PhoneServices, sqlite_templates: Path, tmp_path: Path) -> Iterator[PhoneStack]:
    """A stack whose worker takes eight calls."""
    with running_stack(services, sqlite_templates, tmp_path, AT_MOST) as running:
        yield running


async def test_the_second_caller_of_a_line_for_one_hears_that_it_is_busy(
    small_stack: PhoneStack, services: PhoneServices, quiet: Softphone, tmp_path: Path
) -> None:
    says = record(tmp_path / "second.wav", [MINUTES])
    async with phone_setup(services, PHONE, agent=AGENT) as setup, softphone(tmp_path / "second", says) as second:
        await setup.up()
        await quiet.dial(services.uri(NUMBER))
        await quiet.until("CALL_ESTABLISHED")

        at = await second.dial(services.uri(NUMBER))
        refused = await second.until("CALL_CLOSED")

        assert refused.code == 486
        assert refused.at - at < AT_ONCE
        await heard_for(quiet, 1.0)
        await quiet.hangup()
        await setup.down()


async def test_of_fifty_callers_eight_are_served_unharmed_and_the_others_hear_busy(
    stack_for_eight: PhoneStack, services: PhoneServices, tmp_path: Path
) -> None:
    says = record(tmp_path / "nothing.wav", [MINUTES])
    async with (
        phone_setup(services, PHONE, agent=AGENT) as setup,
        aclosing(Database(stack_for_eight.database)) as ledger,
        AsyncExitStack() as phones,
    ):
        await setup.up()
        served = [await phones.enter_async_context(softphone(tmp_path / f"{n}", says)) for n in range(AT_MOST)]
        for phone in served:  # a small machine starts one at a time
            await phone.dial(services.uri(NUMBER))
            await phone.until("CALL_ESTABLISHED")
        others = Sipp("refused", services.uri(NUMBER), tmp_path, CALLERS - AT_MOST)

        assert await others.run()
        for phone in served:
            before = loud_seconds(recorded(phone.heard))
            await phone.press("0")
            await heard_for(phone, before + 1.0)
            await phone.hangup()
        calls = [await ended(ledger, origin) for origin in await origins(ledger)]
        await setup.down()

    refused = others.calls.finals
    assert len(refused) == CALLERS - AT_MOST
    assert {code for code, _ in refused} <= {486, OVERRUN}
    assert [of(events, Ended)[0].reason for events in calls] == ["caller_left"] * AT_MOST
