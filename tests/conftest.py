"""What tests of every part share: databases of their own, on SQLite and on a real PostgreSQL server."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from app.data import VERSIONS, fill_database
from app.loading import loading
from switchboard.database import Database
from switchboard.migrations import upgrade
from tests.moment import NOW
from tests.postgres import Postgres, running_postgres

MakeUrl = Callable[[str], str]
"""Makes a database that is a copy of the template of this name ("empty" or "seeded") and tells its URL."""


LOG_TAIL = 4000
HERE = Path(__file__).parent
REAL_FOLDERS = tuple(HERE / name for name in ("app", "bench", "browser", "deploy", "outages", "phone"))
REAL_PARTS = {"livekit_server", "livekit_program", "phones", "node_of_pypi", "foreign_clients"}
"""Fixtures that start, build or install a program of other people."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real: needs a real part (LiveKit, a browser, phones, containers) or minutes")
    config.addinivalue_line("markers", "slow: builds or downloads something large; a minute or more with cold caches")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By its folder and by what it asks for it is known which test `make test-fast` leaves out."""
    for item in items:
        if _needs_real_part(item):
            item.add_marker("real")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is loaded by now stays: looking through it for garbage again and again takes an eighth of a whole run."""
    with loading():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI every test runs: one that is skipped fails. One that fails shows what its programs wrote meanwhile."""
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.failed and folder:
        logs = [log for log in folder.parent.rglob("*.log") if log.stat().st_mtime >= call.start]
        report.sections += [(log.name, log.read_text(errors="replace")[-LOG_TAIL:]) for log in logs]
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"skipped in CI: {str(reason).removeprefix('Skipped: ')}"
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; where there is none the test is skipped."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_templates(postgres: Postgres) -> Postgres:
    """The server, with a migrated database named "empty" and a filled one named "seeded"."""
    fill(postgres)
    return postgres


def fill(server: Postgres) -> str:
    """Make both templates on that server; the URL of the filled one."""
    upgrade(server.create("empty"), VERSIONS)
    url = server.create("seeded", template="empty")
    _fill(url)
    return url


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database "empty.db" and a filled one "seeded.db"."""
    folder = tmp_path_factory.mktemp("templates")
    upgrade(f"sqlite:///{folder}/empty.db", VERSIONS)
    shutil.copy(folder / "empty.db", folder / "seeded.db")
    _fill(f"sqlite:///{folder}/seeded.db")
    return folder


@pytest.fixture(scope="session")
def database_numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_url(request: pytest.FixtureRequest, tmp_path: Path, database_numbers: Iterator[int]) -> Iterator[MakeUrl]:
    """Databases for one test, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        templates: Path = request.getfixturevalue("sqlite_templates")
        yield lambda name: f"sqlite:///{shutil.copy(templates / f'{name}.db', tmp_path / f'{name}.db')}"
        return
    server: Postgres = request.getfixturevalue("postgres_templates")
    made: list[str] = []

    def make(template: str) -> str:
        made.append(f"{template}_{next(database_numbers)}")
        return server.create(made[-1], template=template)

    yield make
    for name in made:
        server.drop(name)


@pytest.fixture
async def database(make_url: MakeUrl) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    database = Database(make_url("empty"))
    yield database
    await database.aclose()


@pytest.fixture
async def seeded(make_url: MakeUrl) -> AsyncIterator[Database]:
    """A database with each business as its seed fills it, at `tests.moment.NOW`."""
    database = Database(make_url("seeded"))
    yield database
    await database.aclose()


def _needs_real_part(item: pytest.Item) -> bool:
    in_real_folder = any(item.path.is_relative_to(folder) for folder in REAL_FOLDERS)
    return in_real_folder or item.get_closest_marker("slow") is not None or not REAL_PARTS.isdisjoint(_fixtures(item))


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


def _fill(url: str) -> None:
    async def fill() -> None:
        database = Database(url)
        await fill_database(database, NOW)
        await database.aclose()

    asyncio.run(fill())
