"""The list of calls: what it tells, what a filter lets through, and its pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke, CallTransferred, PersonStep, Turn
from switchboard.operate.filter import Filter
from switchboard.operate.find import find, one, pages
from tests.switchboard.operate.made import BEGAN, MASKED, answered, bare_call, call, handed


async def ids(database: Database, **given: Any) -> list[str]:
    page = await find(database, Filter.of({name.rstrip("_"): str(value) for name, value in given.items()}))
    return [each.id for each in page.calls]


async def test_a_call_that_is_over_is_told_from_its_digest(database: Database) -> None:
    await call(
        database,
        "call_1",
        agents=("support", "greeter"),
        rules=("dead_air", "asked_again", "dead_air"),
        to_person=True,
        first_sound=310.5,
    )

    (line,) = (await find(database, Filter())).json()["calls"]

    assert line == {
        "id": "call_1",
        "line": "support-line",
        "agent": "greeter",
        "agents": ["greeter", "support"],
        "caller": MASKED,
        "started_at": "2026-11-23T09:00:00+00:00",
        "ended_at": "2026-11-23T09:01:00+00:00",
        "outcome": "goodbye",
        "seconds": 60.0,
        "cost": "0.050000",
        "currency": "USD",
        "rules": ["dead_air", "asked_again"],
        "first_sound_p50_ms": 310.5,
        "to_person": True,
    }


async def test_a_call_that_runs_is_told_from_its_events(database: Database) -> None:
    async with Ledger(database, "call_1", "support-line") as ledger:
        ledger.write(answered())
        ledger.write(CallerSpoke(text="My parcel has not come."))
        ledger.write(Turn(agent="greeter", ended_at=1, first_sound_ms=200))
        ledger.write(handed("greeter", "support"))
        ledger.write(Turn(agent="support", ended_at=2, first_sound_ms=400))
        ledger.write(Turn(agent="support", ended_at=3))
        ledger.write(handed("support", "greeter"))

    (line,) = (await find(database, Filter())).calls

    assert (line.agent, line.agents, line.caller) == ("greeter", ("support", "greeter"), MASKED)
    assert (line.ended_at, line.outcome, line.seconds, line.cost, line.rules) == (None, None, None, None, ())
    assert line.first_sound_p50_ms == 200
    assert not line.to_person


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (CallTransferred(agent="greeter", target="desk", outcome="done", ms=1), True),
        (CallTransferred(agent="greeter", target="desk", outcome="busy", ms=1), False),
        (PersonStep(agent="greeter", target="desk", stage="joined"), True),
        (PersonStep(agent="greeter", target="desk", stage="answered"), False),
    ],
)
async def test_whether_a_person_has_the_caller_is_told_of_a_call_without_a_digest(
    database: Database, event: Any, told: bool
) -> None:
    await bare_call(database, "call_1", answered(), event)
    assert [line.to_person for line in (await find(database, Filter())).calls] == [told]


async def test_an_old_call_without_a_digest_has_its_length_and_outcome(database: Database) -> None:
    await bare_call(database, "call_1", answered(), seconds=75.5, reason="silence")

    line = await one(database, "call_1")

    assert line is not None
    assert (line.seconds, line.outcome, line.agent, line.cost) == (75.5, "silence", "greeter", None)


async def test_a_call_that_nobody_has_answered_has_no_agent(database: Database) -> None:
    await bare_call(database, "call_1")

    line = await one(database, "call_1")

    assert line is not None
    assert (line.agent, line.agents, line.caller) == (None, (), None)


async def test_there_is_no_call_of_an_unknown_id(database: Database) -> None:
    assert await one(database, "call_1") is None


@pytest.fixture
async def several(database: Database) -> Database:
    await call(database, "old", minute=0, seconds=30, cost="0.10", agents=("greeter", "billing"), rules=("dead_air",))
    await call(database, "dear", minute=1, seconds=90.5, cost="1.5", reason="silence", line="other")
    await call(database, "unpriced", minute=2, seconds=60, cost=None, rules=("asked_again",))
    await bare_call(database, "bare", answered("billing"), minute=3, seconds=90)
    await bare_call(database, "running", answered(), handed("greeter", "billing"), minute=4)
    return database


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["running", "bare", "unpriced", "dear", "old"]),
        ({"line": "other"}, ["dear"]),
        ({"line": "none"}, []),
        ({"outcome": "silence"}, ["dear"]),
        ({"outcome": "running"}, ["running"]),
        ({"agent": "billing"}, ["running", "old"]),
        ({"agent": "greeter"}, ["running", "unpriced", "dear", "old"]),
        ({"rule": "dead_air"}, ["old"]),
        ({"min_seconds": 60}, ["unpriced", "dear"]),
        ({"max_seconds": 60}, ["unpriced", "old"]),
        ({"min_seconds": 31, "max_seconds": 90}, ["unpriced"]),
        ({"min_cost": "0.1"}, ["dear", "old"]),
        ({"max_cost": "0.1"}, ["old"]),
        ({"from_": "2026-11-23T09:02:00Z"}, ["running", "bare", "unpriced"]),
        ({"from_": "2026-11-23T10:02:00+01:00"}, ["running", "bare", "unpriced"]),
        ({"to": "2026-11-23T09:02"}, ["dear", "old"]),
        ({"from_": "2026-11-23", "to": "2026-11-23"}, ["running", "bare", "unpriced", "dear", "old"]),
        ({"from_": "2026-11-24"}, []),
        ({"to": "2026-11-22"}, []),
        ({"agent": "billing", "rule": "dead_air", "max_seconds": 31, "line": "support-line"}, ["old"]),
    ],
)
async def test_a_filter_lets_through_what_it_says(
    several: Database, given: dict[str, Any], expected: list[str]
) -> None:
    assert await ids(several, **given) == expected


async def test_pages_hold_each_call_once_whatever_comes_meanwhile(database: Database) -> None:
    for number in range(7):
        await call(database, f"call_{number}", minute=number // 3)  # three began in the same moment

    read: list[str] = []
    wanted = Filter(limit=2)
    while True:
        page = await find(database, wanted)
        read += [line.id for line in page.calls]
        await call(database, f"new_{len(read)}", minute=9)
        if page.next is None:
            break
        wanted = Filter.of({"limit": "2", "after": str(page.next)})

    assert read == [f"call_{number}" for number in (6, 5, 4, 3, 2, 1, 0)]


async def test_the_last_page_has_no_next_one(database: Database) -> None:
    for number in range(2):
        await call(database, f"call_{number}", minute=number)
    assert (await find(database, Filter(limit=2))).next is None
    assert (await find(database, Filter(limit=1))).next is not None


@pytest.mark.parametrize(
    ("most", "read", "more"),
    [(None, [2, 2, 1], False), (5, [2, 2, 1], False), (4, [2, 2], True), (3, [2, 1], True), (9, [2, 2, 1], False)],
)
async def test_as_many_as_are_wanted_are_read_in_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int | None, read: list[int], more: bool
) -> None:
    monkeypatch.setattr("switchboard.operate.find.AT_ONCE", 2)
    for number in range(5):
        await call(database, f"call_{number}", minute=number)

    parts = [page async for page in pages(database, Filter(limit=1), most)]

    assert [len(page.calls) for page in parts] == read
    assert [line.id for page in parts for line in page.calls] == [f"call_{n}" for n in (4, 3, 2, 1, 0)][: sum(read)]
    assert (parts[-1].next is not None) == more


async def test_a_sum_is_compared_by_its_millionths(database: Database) -> None:
    await call(database, "call_1", cost="0.100001")
    assert [line.cost for line in (await find(database, Filter())).calls] == [Decimal("0.100001")]
    assert await ids(database, max_cost="0.1") == []
    assert await ids(database, min_cost="0.100001") == ["call_1"]


async def test_a_place_is_a_moment_to_its_microseconds(database: Database) -> None:
    for call_id, seconds in (("early", 0.000001), ("late", 0.000002)):
        await call(database, call_id, minute=seconds / 60)
    (first,) = (page := await find(database, Filter(limit=1))).calls
    assert (first.id, first.started_at - BEGAN) == ("late", timedelta(microseconds=2))
    assert [line.id for line in (await find(database, Filter(limit=1, after=page.next))).calls] == ["early"]
