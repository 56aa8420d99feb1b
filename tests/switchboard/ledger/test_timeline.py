"""Reading the ledger, and forgetting."""

from datetime import timedelta

from sqlalchemy import insert

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered, CallerSpoke
from switchboard.ledger.tables import EventRow
from switchboard.ledger.timeline import forget, newest_of, timeline


async def began(database: Database, call_id: str, origin: str | None = None) -> CallerSpoke:
    """A call of one event."""
    async with Ledger(database, call_id, "line", origin) as ledger:
        return ledger.write(CallerSpoke(text=call_id))


async def answered(database: Database, call_id: str, origin: str | None) -> None:
    async with Ledger(database, call_id, "line", origin) as ledger:
        ledger.write(Answered(line="line", agent="greeter", provider="simulator"))


async def test_the_newest_call_of_an_origin_that_was_answered_is_found(database: Database) -> None:
    for call_id, origin in (("first", "room"), ("second", "room"), ("elsewhere", "other"), ("nowhere", None)):
        await answered(database, call_id, origin)
    await began(database, "third", "room")

    assert await database.look(newest_of, "room") == "second"
    assert await database.look(newest_of, "nobody's") is None


async def test_events_are_read_in_the_order_of_the_call_however_they_were_stored(database: Database) -> None:
    first = await began(database, "call_1")
    rows = [
        {"call_id": "call_1", "seq": seq, "kind": "caller_spoke", "at": 1.0, "wall": first.wall, "body": {"text": "a"}}
        for seq in (3, 2)
    ]
    async with database.write() as session:
        await session.execute(insert(EventRow), rows)

    assert [event.seq for event in await timeline(database, "call_1")] == [1, 2, 3]


async def test_a_call_that_began_just_then_is_not_older(database: Database) -> None:
    first = await began(database, "call_1")

    assert first.wall
    assert await forget(database, first.wall) == 0
    assert await forget(database, first.wall + timedelta(microseconds=1)) == 1
