"""The images and the project of these tests; without an engine they are skipped, in CI they fail."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bench.softphone import PROGRAM
from switchboard.database import Database
from tests.browser.caller import CHROMIUM, Caller, browser, on_page
from tests.browser.sound import record
from tests.deploy import compose_spec
from tests.deploy.engine import HERE, EngineMissing, find_engine, tools
from tests.deploy.images import Images, images
from tests.deploy.project import Project

FIRST_SECONDS = 900
GRACE_SECONDS = 45
"""What a stopped worker has in these tests: 20 seconds for running calls, and 25 to close the rest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a machine that has built nothing yet waits for all images."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(FIRST_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what ran, and the ends of the logs."""
    report = yield
    project = item.funcargs.get("project") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(project, Project):
        report.sections.append(("containers", project.report()))
    return report


@pytest.fixture(scope="session")
def pinned_tools() -> Path:
    """The folder of podman-compose, hadolint and kubernetes-validate."""
    try:
        return tools()
    except EngineMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def loader() -> None:
    """Docker compose's own loader."""
    try:
        compose_spec.program()
    except EngineMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def engine() -> Images:
    """Podman, with all images made."""
    for program, package in ((CHROMIUM, "chromium"), (PROGRAM, "baresip-core")):
        if not program.exists():
            pytest.skip(f"There is no {program}: run `scripts/packages` (Debian's package `{package}`).")
    try:
        find_engine()
        tools()
        return images()
    except EngineMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def project(engine: Images) -> Iterator[Project]:
    """What `COMPOSE_PROFILES=phone docker compose up` brings up: once, for all tests."""
    running = Project("line", engine, "phone", WORKER_GRACE_SECONDS=str(GRACE_SECONDS))
    try:
        running.remove()
        running.up()
        yield running
    finally:
        running.remove()


@pytest.fixture
async def ledger(project: Project) -> AsyncIterator[Database]:
    """The database that the project's worker writes to."""
    async with aclosing(Database(project.database)) as database:
        yield database


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser whose caller says nothing."""
    async with browser(record(tmp_path / "quiet.wav", [1.0])) as chromium:
        yield chromium


@pytest.fixture
async def caller(project: Project, quiet: Browser) -> AsyncIterator[Caller]:
    """A caller who says nothing, on the page of the project."""
    async with on_page(quiet, project.page) as caller:
        yield caller
