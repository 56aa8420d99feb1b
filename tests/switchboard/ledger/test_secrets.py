"""What the ledger knows to be secret is in no event of the call: of those to come, that wait, and that are stored."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from switchboard.database import Database, Found
from switchboard.ledger import Ledger
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Ended,
    Event,
    Happening,
    PersonSpoke,
    Remembered,
    ToolCalled,
    ToolReturned,
)
from switchboard.ledger.mask import MASK
from switchboard.ledger.timeline import timeline

PIN = "482193"
EVENTS: list[Happening] = [
    CallerSpoke(text=f"It is {PIN}."),
    AgentSpoke(agent="support", text=f"{PIN}?"),
    PersonSpoke(target="anna", text=f"Their PIN is {PIN}."),
    ToolCalled(agent="support", tool="look_up", call_id=PIN, arguments={"thing": {"deep": [int(PIN)]}}),
    ToolReturned(agent="support", tool="look_up", call_id=PIN, result=f"No {PIN}.", failed=True, ms=1.0),
    Remembered(state={"pin": int(PIN), "note": f"PIN {PIN}"}, verified={"account": "7", "name": "Eve", "by": "PIN"}),
]
KEPT: list[dict[str, object]] = [
    {"text": f"It is {MASK}."},
    {"text": f"{MASK}?"},
    {"text": f"Their PIN is {MASK}."},
    {"arguments": {"thing": {"deep": [MASK]}}, "call_id": PIN},
    {"result": f"No {MASK}.", "call_id": PIN},
    {"state": {"note": f"PIN {MASK}"}, "verified": {"account": "7", "name": "Eve", "by": "PIN"}},
]


def assert_kept(events: list[Event]) -> None:
    assert len(events) >= len(KEPT)
    for event, kept in zip(events, KEPT, strict=False):
        assert event.model_dump().items() >= kept.items()


async def test_a_secret_is_in_no_event_that_is_written_after_it_is_known(database: Database) -> None:
    told: list[Event] = []
    async with Ledger(database, "call_1", "line", listeners=(told.append,)) as ledger:
        ledger.mask.hide(PIN)
        written = [ledger.write(event) for event in EVENTS]

    assert_kept(told)
    assert told == written == await timeline(database, "call_1")


async def test_a_secret_is_in_no_event_that_waits_to_be_stored(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        for event in EVENTS:
            ledger.write(event)
        ledger.mask.hide(PIN)

    assert_kept(await timeline(database, "call_1"))


async def test_what_is_stored_is_masked_when_more_is_stored_and_nobody_elses_call(database: Database) -> None:
    for call_id in ("call_1", "call_2"):
        async with Ledger(database, call_id, "line") as ledger:
            for event in EVENTS:
                ledger.write(event)
            await ledger.saved()
            if call_id == "call_1":
                ledger.mask.hide(PIN)
            ledger.write(Ended(reason="goodbye"))

    stored = await timeline(database, "call_1")
    assert_kept(stored)
    assert [event.seq for event in stored] == list(range(1, len(EVENTS) + 2))
    assert (await timeline(database, "call_2"))[0].model_dump()["text"] == f"It is {PIN}."


async def test_what_could_not_be_masked_once_is_masked_the_next_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.ledger.ledger.RETRY_SECONDS", 0.01)
    async with Ledger(database, "call_1", "line") as ledger:
        for event in EVENTS:
            ledger.write(event)
        await ledger.saved()
        ledger.mask.hide(PIN)
        commit, failures = database.commit, iter([True, True])

        async def fails_twice(work: Callable[[Session], Found]) -> Found:
            def fails(session: Session) -> Found:
                done = work(session)
                if next(failures, False):
                    raise OperationalError("", None, Exception())
                return done

            return await commit(fails)

        monkeypatch.setattr(database, "commit", fails_twice)
        ledger.write(Ended(reason="goodbye"))
        await ledger.saved()

    assert_kept(await timeline(database, "call_1"))
