"""A connection runs to its end, until nobody needs it, or until it is old and nobody would notice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from switchboard.realtime import renewal
from switchboard.realtime.renewal import Renewal
from switchboard.realtime.rest import Rest

PATIENCE = 10.0
FOR_EVER = 3600.0


class Connection:
    """Runs until it is ended, or cut."""

    def __init__(self) -> None:
        self.runs = asyncio.Event()
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.cut = False

    async def run(self) -> None:
        self.runs.set()
        try:
            await self.end
        except asyncio.CancelledError:
            self.cut = True
            raise


async def settled() -> None:
    """Whatever was to be done at once is done."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(over: Rest | Renewal) -> AsyncIterator[tuple[Connection, asyncio.Task[None]]]:
    connection = Connection()
    task = asyncio.create_task(over.cuts(connection.run()))
    async with asyncio.timeout(PATIENCE):
        await connection.runs.wait()
        yield connection, task
        await asyncio.wait([task])


def test_there_is_no_rest_before_it_begins() -> None:
    assert not Rest().taken


async def test_a_rest_cuts_the_connection_and_lasts_until_it_ends() -> None:
    rest = Rest()
    await rest.over()
    async with running(rest) as (connection, task):
        assert not task.done()
        rest.begin()
    assert connection.cut
    assert task.result() is None

    waits = asyncio.create_task(rest.over())
    await settled()
    assert rest.taken
    assert not waits.done()
    rest.end()
    await waits
    assert not rest.taken


@pytest.mark.parametrize("kind", [Rest, lambda: Renewal(None, lambda: False)], ids=["rest", "renewal"])
async def test_a_connection_that_ends_or_fails_does_so_before_anything_cuts_it(kind: type[Rest]) -> None:
    over = kind()
    async with running(over) as (connection, task):
        connection.end.set_result(None)
    assert task.result() is None
    async with running(over) as (connection, task):
        connection.end.set_exception(ConnectionError("gone"))
    with pytest.raises(ConnectionError, match="gone"):
        task.result()
    assert not connection.cut


async def test_a_connection_of_which_nobody_says_how_old_it_may_be_is_not_renewed() -> None:
    old = Renewal(None, lambda: False)
    async with running(old) as (connection, task):
        await settled()
        old.look()
        await settled()
        assert not task.done()
        connection.end.set_result(None)


async def test_a_connection_that_is_due_waits_for_a_pause() -> None:
    asked, busy = asyncio.Event(), [True]

    def answering() -> bool:
        asked.set()
        return busy[0]

    old = Renewal(0.0, answering)
    async with running(old) as (connection, _):
        await asked.wait()
        old.look()
        await settled()
        assert not connection.cut
        busy[0] = False
        old.look()
    assert connection.cut


async def test_a_pause_before_it_is_due_is_none_of_its_concern() -> None:
    old = Renewal(FOR_EVER, lambda: False)
    old.look()
    async with running(old) as (connection, _):
        old.look()
        await settled()
        assert not connection.cut
        connection.end.set_result(None)


async def test_no_pause_is_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "PAUSE_SECONDS", 0.0)
    async with running(Renewal(0.0, lambda: True)) as (connection, _):
        pass
    assert connection.cut


async def test_one_that_was_renewed_is_as_young_as_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "PAUSE_SECONDS", 0.0)
    old = Renewal(0.0, lambda: True)
    async with running(old):
        pass
    monkeypatch.setattr(renewal, "PAUSE_SECONDS", FOR_EVER)
    async with running(old) as (connection, _):
        await settled()
        assert not connection.cut
        connection.end.set_result(None)


@pytest.mark.parametrize(
    ("code", "kind", "age", "ends"),
    [
        ("session_expired", "invalid_request_error", 0.0, True),
        (None, "server_error", 0.0, False),
        (None, "server_error", renewal.OLD_SECONDS - 1.0, False),
        (None, "server_error", renewal.OLD_SECONDS, True),
        ("some_code", "invalid_request_error", renewal.OLD_SECONDS, False),
    ],
)
async def test_the_service_ends_an_old_connection_in_two_ways(
    monkeypatch: pytest.MonkeyPatch, code: str | None, kind: str, age: float, ends: bool
) -> None:
    now = [100.0]
    monkeypatch.setattr(renewal, "time", SimpleNamespace(monotonic=lambda: now[0]))
    old = Renewal(None, lambda: True)
    async with running(old) as (connection, _):
        now[0] += age
        assert old.expired(code, kind) is ends
        await settled()
        if not ends:
            connection.end.set_result(None)
    assert connection.cut is ends
