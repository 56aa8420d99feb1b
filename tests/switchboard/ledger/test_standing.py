"""How a call stands is the same for everybody who asks: on both databases, at once."""

import asyncio
import threading
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Ended, EndReason
from switchboard.ledger.standing import Standing, change, hang_up, standing_of
from switchboard.ledger.tables import StandingRow
from switchboard.ledger.timeline import forget

NEW = Standing("call-1")


async def test_a_call_that_nobody_came_back_to_is_in_its_first_room(database: Database) -> None:
    assert await database.look(standing_of, "call-1") == NEW


async def test_what_is_written_is_read(database: Database) -> None:
    moved = Standing("call-2", 1, "an attempt")
    assert await change(database, "call-1", NEW, moved)
    assert await database.look(standing_of, "call-1") == moved


async def test_of_several_at_once_one_changes_it(database: Database) -> None:
    asked = (change(database, "call-1", NEW, Standing(f"room-{each}", 1)) for each in range(8))
    assert sorted(await asyncio.gather(*asked)) == [False] * 7 + [True]


async def test_a_change_is_written_in_sqlite_while_the_event_loop_is_busy(database_url: str) -> None:
    written = threading.Event()
    event.listen(Session, "after_commit", lambda _session: written.set(), once=True)
    async with aclosing(Database(database_url)) as database:
        changing = asyncio.create_task(change(database, "call-1", NEW, Standing("call-2", 1)))
        await asyncio.sleep(0)
        assert written.wait(10), "it waits for a turn of the event loop, which is busy here"
        assert await changing


async def test_what_could_not_be_written_in_time_is_not_written_later(database: Database) -> None:
    with pytest.raises(TimeoutError):
        await change(database, "call-1", NEW, Standing("call-2", 1), seconds=0)
    assert await database.look(standing_of, "call-1") == NEW


async def test_a_call_that_was_hung_up_is_over_and_changes_no_more(database: Database) -> None:
    moved = Standing("call-2", 1)
    await change(database, "call-1", NEW, moved)
    assert await hang_up(database, "call-1", "call-1") == "call-2"
    assert (await database.look(standing_of, "call-1")).over
    assert not await change(database, "call-1", moved, Standing("call-3", 2))


async def test_a_call_that_was_hung_up_at_once_is_over(database: Database) -> None:
    for _ in range(2):
        assert await hang_up(database, "call-1", "call-1") == "call-1"
    assert await database.look(standing_of, "call-1") == Standing("call-1", over=True)


@pytest.mark.parametrize(
    ("reason", "over"),
    [("goodbye", True), ("silence", True), ("maximum_length", True), ("transferred", True), ("caller_left", False)],
)
async def test_a_call_that_was_ended_for_good_is_over(database: Database, reason: EndReason, over: bool) -> None:
    async with Ledger(database, "call_1", "line", "call-1") as ledger:
        ledger.write(Ended(reason=reason))
    assert (await database.look(standing_of, "call-1")).over is over


async def test_it_is_forgotten_with_the_calls(database: Database) -> None:
    await hang_up(database, "call-1", "call-1")
    now = datetime.now(UTC)
    for before, left in ((now - timedelta(hours=1), 1), (now + timedelta(hours=1), 0)):
        await forget(database, before)
        async with database.read() as session:
            assert await session.scalar(select(func.count()).select_from(StandingRow)) == left
