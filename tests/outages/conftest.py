"""What the tests share: PostgreSQL servers that may be stopped, and all that happens to callers.

That takes its time, and mostly waits: so it happens side by side, on one event loop, and each test waits for its part.
What happens to databases is for itself: five workers leave two cores no time, and callers are late by that.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import fill
from tests.livekit import LiveKitServer, livekit_server
from tests.outages.course import Course, taking_its_course
from tests.outages.happenings import FAR, NEAR, SPARED, the_database_is
from tests.outages.place import Place, open_place
from tests.postgres import Postgres, running_postgres

__all__ = ["livekit_server"]

Servers = dict[str, tuple[Postgres, str]]
Opening = Callable[..., AbstractAsyncContextManager[Place]]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Two of PostgreSQL, by what will happen to them, each with the URL of a filled database."""
    with running_postgres() as stopped, running_postgres() as paused:
        yield {name: (server, fill(server)) for name, server in (("stopped", stopped), ("paused", paused))}


@pytest.fixture(scope="module")
def databases(sqlite_templates: Path, folder: Path) -> Callable[[str], str]:
    """Makes a filled SQLite database of that name and tells its URL."""
    return lambda name: f"sqlite:///{shutil.copy(sqlite_templates / 'seeded.db', folder / f'{name}.db')}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outages")


@pytest.fixture(scope="module")
def place(livekit_server: LiveKitServer, folder: Path) -> Opening:
    """Opens one of that name on that database."""

    def opening(name: str, database: str, **services: bool) -> AbstractAsyncContextManager[Place]:
        (folder / name).mkdir()
        return open_place(livekit_server, database, folder / name, name, **services)

    return opening


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def course(place: Opening, databases: Callable[[str], str]) -> AsyncIterator[Course]:
    """All that happens to networks and services."""
    places = [
        (place("near", databases("near"), comes_back=True), NEAR),
        (place("far", databases("far"), comes_back=True), FAR),
        (place("spared", databases("spared"), spare=True), SPARED),
    ]
    async with taking_its_course(places) as course:
        yield course


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def course_of_databases(place: Opening, servers: Servers) -> AsyncIterator[Course]:
    """All that happens to databases."""
    places = [(place(name, url), [the_database_is(name, server)]) for name, (server, url) in servers.items()]
    async with taking_its_course(places) as course:
        yield course
