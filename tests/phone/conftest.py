"""The services, the stack and the phones of the phone tests."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from bench.outlet import Outlet
from bench.recording import MINUTES, record
from bench.softphone import PROGRAM, Softphone, softphone
from switchboard.database import Database
from tests.livekit import LiveKitMissing
from tests.phone.desk import Desk, desk_of
from tests.phone.services import PhoneMissing, PhoneServices
from tests.phone.stack import PHONE, PhoneStack, phone_setup, shop_desk


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneServices]:
    """Redis, LiveKit's server and LiveKit SIP, once for all tests; without them the test is skipped, except in CI."""
    try:
        if not PROGRAM.exists():
            raise PhoneMissing(f"There is no {PROGRAM}: run `scripts/packages` (Debian's package `baresip-core`).")
        running = PhoneServices(tmp_path_factory.mktemp("services"))
    except (PhoneMissing, LiveKitMissing) as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def outlets() -> Iterator[tuple[Outlet, Outlet]]:
    """Where the two phones of the shop desk are, when a test switches them on."""
    with closing(Outlet()) as first, closing(Outlet()) as second:
        yield first, second


@pytest.fixture
def desk(tmp_path: Path, outlets: tuple[Outlet, Outlet]) -> Desk:
    """The shop desk of the stack."""
    return desk_of(tmp_path, outlets)


@pytest.fixture(scope="session")
def stack(
    services: PhoneServices,
    outlets: tuple[Outlet, Outlet],
    sqlite_templates: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PhoneStack]:
    """All parts, once for all tests."""
    folder = tmp_path_factory.mktemp("stack")
    shutil.copy(sqlite_templates / "seeded.db", folder / "switchboard.db")
    running = PhoneStack(services, f"sqlite:///{folder}/switchboard.db", folder, PHONE | shop_desk(*outlets))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
async def up(services: PhoneServices) -> AsyncIterator[PhoneServices]:
    """The services with our number set up, as `phone up` does; taken down after the test."""
    async with phone_setup(services, PHONE) as setup:
        await setup.up()
        yield services
        await setup.down()


@pytest.fixture
async def ledger(stack: PhoneStack) -> AsyncIterator[Database]:
    """The database that the stack writes to."""
    async with aclosing(Database(stack.database)) as database:
        yield database


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Softphone]:
    """A phone whose caller says nothing, for minutes."""
    async with softphone(tmp_path / "quiet", record(tmp_path / "quiet.wav", [MINUTES])) as phone:
        yield phone
