"""What a person unlocks."""

from datetime import timedelta

import pytest

from app.unlock import unlock
from shop.business import SHOP
from shop.customers import Details
from shop.demo import AMELIA
from shop.proofs import Asker, Desk
from switchboard.database import Database
from switchboard.http.limits import network_of
from tests.shop.rows import NOW

RIGHT = Details("SW1A 2AA", 10042)
ALL_THREE = Details("SW1A 2AA", 10042, AMELIA.email)
NOWHERE = Asker(())
FROM = Asker((("number", "+447700900555"), ("address", "203.0.113.7"), ("call", "call-1")))


async def passes(database: Database, details: Details, asker: Asker = NOWHERE) -> bool:
    async with database.write() as session:
        desk = Desk(session, database.pseudonyms, asker, NOW + timedelta(minutes=1))
        return (await desk.try_details(details))[0] is not None


async def unlocked(database: Database, what: str) -> int:
    async with database.write() as session:
        return await unlock(session, database.pseudonyms, what, network_of, (SHOP,))


async def lock_account(database: Database) -> None:
    for i in range(4):
        for wrong in (
            Details(f"N{i} 9GU", 10042),
            Details("SW1A 2AA", 20042 + i),
            Details(f"N{i} 9GU", None, AMELIA.email),
            Details("SW1A 2AA", 20042 + i, AMELIA.email),
        ):
            await passes(database, wrong)


@pytest.mark.parametrize("what", ["10042", "10141", "Amelia.Hart@example.com", " amelia.hart@example.com "])
async def test_any_order_or_the_address_of_an_account_unlocks_all_of_it(seeded: Database, what: str) -> None:
    await lock_account(seeded)
    assert [await passes(seeded, details) for details in (RIGHT, ALL_THREE)] == [False, False]

    assert await unlocked(seeded, what) > 0
    assert [await passes(seeded, details) for details in (RIGHT, ALL_THREE)] == [True, True]


async def test_another_account_stays_locked(seeded: Database) -> None:
    await lock_account(seeded)
    await unlocked(seeded, "10066")

    assert not await passes(seeded, RIGHT)


@pytest.mark.parametrize("what", ["+447700900555", "07700 900555", "203.0.113.7", "call-1"])
async def test_a_number_an_address_and_a_call_are_unlocked_each_for_itself(seeded: Database, what: str) -> None:
    kind = {"+": "number", "0": "number", "2": "address", "c": "call"}[what[0]]
    asker = Asker(tuple(pair for pair in FROM.origins if pair[0] == kind))
    for i in range(20):
        await passes(seeded, Details(f"N{i} 9GU", 20000 + i), asker)
    assert not await passes(seeded, RIGHT, asker)

    assert await unlocked(seeded, what) == 1
    assert await passes(seeded, RIGHT, asker)


async def test_what_nobody_failed_at_is_told_as_nothing(seeded: Database) -> None:
    assert await unlocked(seeded, "10042") == 0
    assert await unlocked(seeded, "20042") == 0


async def test_an_order_that_there_is_not_is_unlocked_like_another(seeded: Database) -> None:
    for i in range(4):
        await passes(seeded, Details(f"N{i} 9GU", 20042))

    assert await unlocked(seeded, "20042") == 1
