"""What a day's calls came to, and what a list of calls can be filtered by."""

from datetime import timedelta, timezone

from sqlalchemy import update

from switchboard.database import Database
from switchboard.ledger.events import PersonStep
from switchboard.ledger.tables import DigestRow, SpentRow
from switchboard.ledger.turned_away import KEY
from switchboard.operate.choices import choices
from switchboard.operate.today import today
from tests.switchboard.operate.made import BEGAN, answered, bare_call, call
from workflows.support_line import SUPPORT_LINE

LATER = BEGAN + timedelta(hours=8)


async def test_a_day_counts_the_calls_that_began_since_its_midnight(database: Database) -> None:
    await call(database, "before", minute=-9 * 60 - 1, cost="9")
    await call(database, "first", minute=-9 * 60, cost="0.25", to_person=True)
    await call(database, "second", cost="0.5", reason="silence")
    await call(database, "third", cost=None)
    await bare_call(database, "talking", answered(), PersonStep(agent="greeter", target="desk", stage="joined"))
    await bare_call(database, "ringing")
    async with database.write() as session:
        for day, times in ((BEGAN.date(), 3), (BEGAN.date() - timedelta(days=1), 8)):
            session.add(SpentRow(key=KEY, day=day, times=times))

    assert (await today(database, LATER)).json() == {
        "calls": 5,
        "answered": 4,
        "busy": 3,
        "ended": {"goodbye": 2, "silence": 1},
        "to_person": 2,
        "first_sound_ms": {"p50": None, "p95": None},
        "cost": {"amount": "0.750000", "currency": "USD", "unknown": 1},
    }


async def test_midnight_is_that_of_the_zone_that_is_asked_for(database: Database) -> None:
    await call(database, "call_1", minute=-9 * 60 - 30)
    assert (await today(database, LATER)).calls == 0
    assert (await today(database, LATER.astimezone(timezone(timedelta(hours=1))))).calls == 1


async def test_sums_in_several_currencies_have_no_sum(database: Database) -> None:
    for number in range(2):
        await call(database, f"call_{number}", minute=number)
    async with database.write() as session:
        await session.execute(update(DigestRow).where(DigestRow.call_id == "call_0").values(currency="EUR"))
    assert (await today(database, LATER)).json()["cost"] == {"amount": None, "currency": None, "unknown": 0}


async def test_the_first_sounds_of_calls_count_by_their_turns(database: Database) -> None:
    await call(database, "long", first_sound=200)
    await call(database, "short", first_sound=900, minute=1)
    await call(database, "silent", first_sound=None, minute=2)
    async with database.write() as session:
        long = update(DigestRow).where(DigestRow.call_id == "long")
        await session.execute(long.values(turns=20, first_sound_p95_ms=400))

    shown = await today(database, LATER)

    assert (shown.first_sound_p50_ms, shown.first_sound_p95_ms) == (400, 400)


async def test_a_day_without_calls_is_told_as_such(database: Database) -> None:
    shown = (await today(database, LATER)).json()
    assert (shown["calls"], shown["ended"]) == (0, {})
    assert shown["cost"] == {"amount": "0", "currency": None, "unknown": 0}


def test_one_can_choose_among_lines_agents_and_rules() -> None:
    given = choices([SUPPORT_LINE])
    (line,) = given["lines"]
    assert line["name"] == SUPPORT_LINE.name
    assert line["agents"][0] == {"id": "greeter", "label": "Welcome desk", "colour": "green"}
    assert ["greeter", "support"] in line["handoffs"]
    assert {"rule": "dead_air", "sentence": SUPPORT_LINE.watched[0].sentence} in given["rules"]
    assert len({rule["rule"] for rule in given["rules"]}) == len(given["rules"])
