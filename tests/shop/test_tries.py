"""Failures are counted, and the waits grow."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from shop import tries
from shop.models import FailedTries
from shop.tries import Counter, Verdict, judge
from switchboard.database import Database
from tests.shop.rows import DAY, NOW

ORDER, POSTCODE = Counter("order", "o"), Counter("postcode", "p")
ACCOUNT = Counter("account", "a", quiet=True)
QUARTER = timedelta(minutes=15)
PATIENCE = 5.0
PASSED, FAILED, HELD_BACK = Verdict(True), Verdict(False), Verdict(False, held=True, judged=False)


async def attempt(database: Database, *counters: Counter, right: bool = False, now: datetime = NOW) -> Verdict:
    async with database.write() as session:
        return await judge(session, counters, right=right, now=now)


async def fail(database: Database, *counters: Counter, times: int = 3, now: datetime = NOW) -> Verdict:
    return [await attempt(database, *counters, now=now) for _ in range(times)][-1]


async def kept(database: Database) -> dict[str, tuple[int, datetime]]:
    async with database.read() as session:
        rows = (await session.scalars(select(FailedTries))).all()
    return {row.key: (row.failures, row.held_until) for row in rows}


async def test_three_failures_are_free_and_the_third_brings_a_wait_of_a_quarter_of_an_hour(database: Database) -> None:
    assert [await attempt(database, ORDER) for _ in range(2)] == [FAILED, FAILED]
    assert await attempt(database, ORDER) == Verdict(False, held=True, newly_held=("order",))
    assert await attempt(database, ORDER, right=True, now=NOW + QUARTER - timedelta(seconds=1)) == HELD_BACK
    assert await attempt(database, ORDER, right=True, now=NOW + QUARTER) == PASSED


async def test_each_further_failure_brings_a_longer_wait_up_to_a_week(database: Database) -> None:
    now, waits = NOW, []
    await fail(database, ORDER)
    for _ in range(6):
        _, until = (await kept(database))["o"]
        waits.append(until - now)
        now = until
        await fail(database, ORDER, times=1, now=now)

    assert waits == [QUARTER, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 7 * DAY]


async def test_what_is_held_back_is_not_counted(database: Database) -> None:
    await fail(database, ORDER)
    before = await kept(database)
    assert await fail(database, ORDER, POSTCODE) == HELD_BACK

    assert (await kept(database))["o"] == before["o"]
    assert (await kept(database))["p"][0] == 0


async def test_failures_are_forgotten_a_day_after_the_last_wait(database: Database) -> None:
    await fail(database, ORDER)
    almost, over = NOW + QUARTER + DAY - timedelta(seconds=1), NOW + QUARTER + DAY
    assert (await attempt(database, ORDER, now=almost)).held
    await fail(database, POSTCODE)

    assert not (await attempt(database, POSTCODE, now=over)).held


async def test_a_right_try_leaves_no_trace_and_forgives_nothing(database: Database) -> None:
    await fail(database, ORDER, times=2)
    assert await attempt(database, ORDER, POSTCODE, right=True) == PASSED

    assert await kept(database) == {"o": (2, NOW)}


async def test_what_was_not_named_fails_in_silence_while_it_is_held(database: Database) -> None:
    await fail(database, ACCOUNT)
    verdict = await attempt(database, ACCOUNT, ORDER, right=True)

    assert verdict == Verdict(False, judged=False)
    assert {key: failures for key, (failures, _) in (await kept(database)).items()} == {"a": 3, "o": 1}


async def test_that_something_unnamed_is_held_from_now_on_is_an_alert_and_no_answer(database: Database) -> None:
    assert await fail(database, ACCOUNT) == Verdict(False, held=False, newly_held=("account",))


async def test_a_network_address_has_twenty_failures_free(database: Database) -> None:
    address = Counter("address", "x")
    assert await fail(database, address, times=19) == FAILED
    assert (await attempt(database, address)).held


async def test_an_exception_undoes_the_try(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            await judge(session, [ORDER], right=False, now=NOW)
            raise RuntimeError

    assert await kept(database) == {}


async def test_what_is_long_over_is_removed_by_the_next_failure(database: Database) -> None:
    await fail(database, ORDER, times=1)
    await fail(database, POSTCODE, times=1, now=NOW + DAY)

    assert set(await kept(database)) == {"p"}


async def test_tries_at_once_that_share_targets_in_any_order_come_one_after_another(database: Database) -> None:
    async with asyncio.timeout(PATIENCE):
        verdicts = await asyncio.gather(
            *(attempt(database, *((ORDER, POSTCODE) if i % 2 else (POSTCODE, ORDER))) for i in range(12))
        )

    assert sum(verdict.judged for verdict in verdicts) == 3
    assert {failures for failures, _ in (await kept(database)).values()} == {3}


async def test_a_released_counter_starts_anew(database: Database) -> None:
    await fail(database, ORDER, POSTCODE)
    async with database.write() as session:
        assert await tries.release(session, ["o", "unknown"]) == 1

    assert await attempt(database, ORDER) == FAILED
    assert await attempt(database, POSTCODE) == HELD_BACK
