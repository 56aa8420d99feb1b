"""A1: an account is not taken by calling again and again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from itertools import count, product
from pathlib import Path

import pytest
from livekit.agents import ToolError
from sqlalchemy import select, text
from structlog.testing import capture_logs

from shop.demo import AMELIA, CANCELLABLE, DANIEL, ON_ITS_WAY, RETURNABLE
from shop.models import FailedTries
from shop.post import FilePost
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.pseudonyms import Pseudonyms
from tests.conftest import MakeUrl
from tests.shop.rows import NOW
from tests.tools.phone import Ctx, ring
from tools import access, clock
from tools.verification import confirm_caller, send_code, verify_caller

DAY = timedelta(days=1)
HERS = {ON_ITS_WAY.number, RETURNABLE.number, CANCELLABLE.number}
WALK = [*range(10001, 10198), *sorted(HERS)]  # 200, hers the last
PROOF = {"order_number": str(ON_ITS_WAY.number), "postcode": AMELIA.postcode}


class Clock:
    """The tools' clock, moved by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock(NOW)
    monkeypatch.setattr(clock, "now", moved)
    return moved


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where codes go, a file for each address."""
    monkeypatch.setattr(access, "POST", FilePost(tmp_path / "codes"))
    return tmp_path / "codes"


def letters_in(folder: Path) -> list[str]:
    return [letter.name for letter in folder.iterdir()] if folder.exists() else []


def numbers() -> Iterator[str]:
    """Another caller's number each time."""
    return (f"+4477009{number:05}" for number in count(1))


@pytest.fixture
async def workers(make_url: MakeUrl) -> AsyncIterator[tuple[Database, ...]]:
    """Three processes' ways to one database."""
    url = make_url("seeded")
    async with aclosing(Database(url)) as one, aclosing(Database(url)) as two, aclosing(Database(url)) as three:
        yield one, two, three


async def told(ctx: Ctx, **details: str) -> str:
    try:
        return await verify_caller(ctx, **details)
    except ToolError as error:
        return error.message


async def judged(database: Database) -> int:
    """How many tries at Amelia's account were looked at so far, in either way: those that failed are counted."""
    async with database.read() as session:
        rows = await session.scalars(select(FailedTries).where(FailedTries.kind == "account"))
        home = {database.pseudonyms.of(f"{grade} account", "SW1A2AA") for grade in ("two", "more")}
        return sum(row.failures for row in rows if row.key in home)


async def test_a_walk_of_200_order_numbers_gets_fewer_than_ten_tries_a_day_and_no_account(
    workers: tuple[Database, ...], time: Clock
) -> None:
    callers, answers = numbers(), []
    for i, number in enumerate(WALK):
        time.now = NOW + i * DAY / len(WALK)
        ctx = ring(workers[i % 3], next(callers))
        answers.append(await told(ctx, order_number=str(number), postcode="SW1A 2AA"))
        assert ctx.userdata.caller.verified is None

    assert set(answers) == {access.NO_MATCH, access.LOCKED}
    assert await judged(workers[0]) < 10


async def test_a_patient_walk_of_ten_days_gets_fewer_than_ten_tries_on_its_worst_day(
    workers: tuple[Database, ...], time: Clock
) -> None:
    callers, tries = numbers(), []
    for hour in range(0, 240, 2):
        time.now = NOW + timedelta(hours=hour)
        before = await judged(workers[0])
        await told(ring(workers[0], next(callers)), order_number=str(20000 + hour), postcode="SW1A 2AA")
        tries += [hour] * (await judged(workers[0]) > before)

    assert 0 < max(sum(start <= hour < start + 24 for hour in tries) for start in tries) < 10


async def test_postcodes_orders_and_addresses_named_in_turn_do_not_add_up(
    workers: tuple[Database, ...], time: Clock
) -> None:
    callers = numbers()
    for i, (number, area) in enumerate(product((*HERS, 20001, 20002), range(8))):
        time.now = NOW + i * DAY / 40
        for details in (
            {"order_number": str(number), "postcode": f"N{area} {i % 10}GU"},
            {"order_number": str(20100 + i), "postcode": "SW1A 2AA"},
            {"email": AMELIA.email, "postcode": f"E{area} {i % 10}GU"},
            {"email": AMELIA.email, "order_number": str(20200 + i), "postcode": "SW1A 2AA"},
            {"email": f"a{i}@example.com", "order_number": str(number), "postcode": "SW1A 2AA"},
        ):
            await told(ring(workers[i % 3], next(callers)), **details)

    assert await judged(workers[0]) < 10


async def test_somebody_who_claims_the_number_on_file_gets_no_more_of_them(
    workers: tuple[Database, ...], time: Clock
) -> None:
    for i, number in enumerate(WALK[:40]):
        time.now = NOW + i * DAY / 40
        for details in ({"order_number": str(number)}, {"email": AMELIA.email, "postcode": f"N{i % 10} 9GU"}):
            await told(ring(workers[0], AMELIA.phone), **{"postcode": "SW1A 2AA", **details})

    assert await judged(workers[0]) < 10


async def test_a_wrong_try_from_the_number_on_file_is_one_try(
    seeded: Database,
    time: Clock,
) -> None:
    assert await told(ring(seeded, AMELIA.phone), order_number="10042", postcode="N1 9GU") == access.NO_MATCH
    assert await judged(seeded) == 1


async def test_tries_at_once_in_many_calls_of_many_workers_are_no_more_than_one_after_another(
    workers: tuple[Database, ...],
    time: Clock,
) -> None:
    callers = numbers()
    calls = [ring(workers[i % 3], next(callers)) for i in range(30)]
    answers = await asyncio.gather(
        *(told(ctx, order_number=str(20000 + i), postcode="SW1A 2AA") for i, ctx in enumerate(calls))
    )

    assert sorted(answers) == sorted([access.NO_MATCH] * 2 + [access.LOCKED] * 28)
    assert await judged(workers[0]) == 3


async def test_the_customer_is_let_in_from_home_while_the_walk_goes_on(seeded: Database, time: Clock) -> None:
    callers = numbers()
    for number in WALK[:100]:
        await told(ring(seeded, next(callers)), order_number=str(number), postcode="SW1A 2AA")
    time.now += timedelta(minutes=1)

    assert await told(ring(seeded, "+447700900555"), **PROOF) == access.LOCKED
    assert await told(ring(seeded, AMELIA.phone), **PROOF) == "The caller is verified: Amelia Hart."


@pytest.mark.parametrize("hidden", [False, True])
async def test_the_customer_is_let_in_from_anywhere_with_all_three_details(
    seeded: Database,
    time: Clock,
    hidden: bool,
) -> None:
    callers = numbers()
    for number in (*WALK[:50], *range(20001, 20051)):
        await told(ring(seeded, None if hidden else next(callers)), order_number=str(number), postcode="SW1A 2AA")

    assert (await told(ring(seeded), **PROOF, email=AMELIA.email)).startswith("The caller is verified: Amelia Hart.")


async def test_a_wrong_try_from_the_number_on_file_sounds_like_a_strangers_and_is_an_alert_as_well(
    seeded: Database,
    time: Clock,
) -> None:
    for area in range(3):
        await told(ring(seeded), order_number="10042", postcode=f"N{area} 9GU")
    with capture_logs() as logs:
        answers = [
            await told(ring(seeded, number), order_number="10042", postcode=f"E{area} 9GU")
            for number in ("+447700900555", AMELIA.phone)
            for area in range(3)
        ]

    assert set(answers) == {access.LOCKED}
    assert [log["held"] for log in logs] == [("account", "number", "order")]


async def test_the_customer_is_let_in_by_a_code_when_whoever_attacks_knows_the_address_too(
    seeded: Database, time: Clock, letters: Path
) -> None:
    callers = numbers()
    for i, number in enumerate(WALK[:100]):
        time.now = NOW + i * DAY / 100
        for email in ({}, {"email": AMELIA.email}):
            await told(ring(seeded, next(callers)), order_number=str(number), postcode="SW1A 2AA", **email)
    ctx = ring(seeded)
    assert await told(ctx, **PROOF, email=AMELIA.email) == access.LOCKED
    await send_code(ctx, **PROOF)

    assert (await confirm_caller(ctx, code=(letters / AMELIA.email).read_text())).startswith(
        "The caller is confirmed: Amelia Hart."
    )


async def test_codes_are_guessed_fewer_than_ten_times_a_day(seeded: Database, time: Clock, letters: Path) -> None:
    callers, guesses = numbers(), 0
    for i in range(48):
        time.now = NOW + i * DAY / 48
        ctx = ring(seeded, next(callers))
        before = letters_in(letters) and (letters / AMELIA.email).read_text()
        await send_code(ctx, **PROOF)
        sent = (letters / AMELIA.email).read_text()
        guesses += 2 * (sent != before)
        for wrong in ("000000", "999999"):
            with pytest.raises(ToolError, match="not right"):
                await confirm_caller(ctx, code=wrong)

    assert 0 < guesses < 10


async def test_the_wait_ends_by_itself(seeded: Database, time: Clock) -> None:
    for number in WALK[:3]:
        await told(ring(seeded), order_number=str(number), postcode="SW1A 2AA")
    assert await told(ring(seeded), **PROOF) == access.LOCKED
    time.now += timedelta(minutes=15)

    assert await told(ring(seeded), **PROOF) == "The caller is verified: Amelia Hart."


@pytest.mark.parametrize(
    ("there", "not_there"),
    [
        ({"order_number": "10042"}, {"order_number": "20042"}),
        ({"email": AMELIA.email}, {"email": "nobody@example.com"}),
    ],
)
async def test_what_is_there_and_what_is_not_get_the_same_answers_and_the_same_waits(
    seeded: Database, time: Clock, there: dict[str, str], not_there: dict[str, str]
) -> None:
    async def answers(details: dict[str, str], area: str) -> list[tuple[timedelta, str]]:
        callers, heard = numbers(), []
        for i in range(120):
            time.now = NOW + i * timedelta(hours=1)
            ctx = ring(seeded, next(callers), origin=f"{area} {i}")
            heard.append((time.now - NOW, await told(ctx, **details, postcode=f"{area}{i % 10} {i // 10}GU")))
        return heard

    assert await answers(there, "N") == await answers(not_there, "E")


async def test_two_orders_of_one_account_are_held_each_for_itself_as_far_as_a_caller_can_tell(
    seeded: Database,
    time: Clock,
) -> None:
    for area in range(4):
        await told(ring(seeded), order_number="10042", postcode=f"N{area} 9GU")

    assert await told(ring(seeded), order_number="10042", postcode="N8 9GU") == access.LOCKED
    assert await told(ring(seeded), order_number="10141", postcode="N8 9GU") == access.NO_MATCH
    assert await told(ring(seeded), order_number="10141", postcode="SW1A 2AA") == access.NO_MATCH


async def test_of_whom_was_tried_and_by_whom_nothing_is_kept_that_can_be_read(
    seeded: Database,
    time: Clock,
) -> None:
    for _ in range(3):
        await told(ring(seeded, "+447700900999"), email=DANIEL.email, postcode="SW1A 2AA")
    async with seeded.read() as session:
        kept = str((await session.execute(text("SELECT * FROM failed_tries"))).all()).lower()

    assert "e-mail" in kept
    for secret in (DANIEL.email, "daniel", "sw1a", "900999"):
        assert secret not in kept
    assert seeded.pseudonyms.of("two number", "+447700900999") in kept
    assert Pseudonyms("another secret").of("two number", "+447700900999") not in kept


def signed_in(database: Database, who: str, email: str = "") -> Source:
    """Where a caller comes from who has signed in, as the web app tells it."""
    marks = database.pseudonyms
    return Source(identity=marks.of("identity", who), account=marks.of("sign-in", email) if email else "")


async def test_who_signed_in_with_an_address_is_verified_for_its_account_and_no_other(
    seeded: Database,
    time: Clock,
    letters: Path,
) -> None:
    daniel = signed_in(seeded, "daniel", DANIEL.email)
    hers = {**PROOF, "email": AMELIA.email}

    assert await told(ring(seeded, source=daniel), **hers) == access.NO_MATCH
    await send_code(ring(seeded, source=daniel), **PROOF)
    assert letters_in(letters) == []
    assert await told(ring(seeded, source=daniel), order_number="10066", postcode="M1 4BT") == (
        "The caller is verified: Daniel Okafor."
    )


async def test_who_signed_in_without_an_address_is_verified_for_the_first_account_and_no_other(
    seeded: Database,
    time: Clock,
) -> None:
    source = signed_in(seeded, "somebody")
    assert await told(ring(seeded, source=source), order_number="10066", postcode="M1 4BT") == (
        "The caller is verified: Daniel Okafor."
    )

    assert await told(ring(seeded, source=source), **PROOF) == access.NO_MATCH
    assert await told(ring(seeded, source=signed_in(seeded, "another")), **PROOF) == (
        "The caller is verified: Amelia Hart."
    )


async def test_a_code_binds_who_signed_in_as_well(
    seeded: Database,
    time: Clock,
    letters: Path,
) -> None:
    source = signed_in(seeded, "somebody")
    ctx = ring(seeded, source=source)
    await send_code(ctx, **PROOF)
    await confirm_caller(ctx, code=(letters / AMELIA.email).read_text())

    assert await told(ring(seeded, source=source), order_number="10066", postcode="M1 4BT") == access.NO_MATCH


@pytest.mark.parametrize(("kind", "free"), [("address", 20), ("identity", 3)])
async def test_one_address_and_one_identity_have_so_many_tries_whatever_they_are_aimed_at(
    seeded: Database,
    time: Clock,
    kind: str,
    free: int,
) -> None:
    source = Source.model_validate({kind: "mark"})
    answers = [
        await told(ring(seeded, source=source), order_number=str(20000 + i), postcode=f"N{i % 10} {i // 10}GU")
        for i in range(free)
    ]

    assert answers == [*[access.NO_MATCH] * (free - 1), access.LOCKED]
    assert await told(ring(seeded, source=source), **PROOF) == access.LOCKED
    assert await told(ring(seeded), **PROOF) == "The caller is verified: Amelia Hart."
