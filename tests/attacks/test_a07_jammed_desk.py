"""A7. Callers whom nobody knows cannot empty the diary, bury people in tickets, or have them rung without end."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from livekit.agents import ToolError
from sqlalchemy import func, select

from shop import callbacks
from shop.models import Callback, Ticket
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.ledger.budget import Budget, Purse, SpentError
from switchboard.ledger.tables import SpentRow
from switchboard.line.sentences import RUNG_OFTEN
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Desk
from switchboard.transfer.rings import Rings
from tests.livekit import LiveKitServer, livekit_server
from tests.shop.rows import NOW
from tests.stage.stage import new_database
from tests.switchboard.transfer.exchange import refuses
from tests.switchboard.transfer.test_bringing_in import house
from tests.tools.phone import Ctx, known, ring
from tools import clock
from tools.callbacks import book_callback, list_callback_slots
from tools.limits import NO_MORE, NOT_CALLED, is_called_back
from tools.speech import moment
from tools.tickets import open_ticket, open_urgent_ticket

__all__ = ["livekit_server"]

DESK = Desk()
PREMIUM, SHARED, PERSONAL, ABROAD = "+449098790000", "+448715550123", "+447012345678", "+33612345678"
MINE = "+442079460123"


@pytest.fixture(autouse=True)
def _the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def number(i: int) -> str:
    return f"+4420794600{i:02}"


async def rows(database: Database, kind: type[Callback] | type[Ticket]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(kind)) or 0


async def free(database: Database) -> int:
    async with database.read() as session:
        return len(await callbacks.free(session, NOW))


async def books(ctx: Ctx, phone: str = "", slot: str = "the first one") -> bool:
    """Whether a callback was booked; a time that is gone is tried once more with the next."""
    for _ in range(40):
        try:
            await book_callback(ctx, slot=slot, phone=phone)
            return True
        except ToolError as error:
            if "just been taken" not in error.message:
                return False
    return False


async def opens(ctx: Ctx, summary: str, phone: str = "") -> bool:
    try:
        await open_ticket(ctx, summary=summary, phone=phone)
    except ToolError as error:
        assert error.message == NO_MORE
        return False
    return True


# -- phone numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [PREMIUM, SHARED, PERSONAL, ABROAD, "+15550100123", "+881612345678"])
async def test_dear_and_foreign_numbers_are_not_called_back(seeded: Database, phone: str) -> None:
    before = await rows(seeded, Callback), await rows(seeded, Ticket)
    for asked in (
        book_callback(ring(seeded), slot="the first one", phone=phone),
        open_ticket(ring(seeded), summary="Call me.", phone=phone),
        open_urgent_ticket(await known(seeded), summary="Call me.", phone=phone),
    ):
        with pytest.raises(ToolError) as refused:
            await asked
        assert refused.value.message == NOT_CALLED
    assert (await rows(seeded, Callback), await rows(seeded, Ticket)) == before


async def test_a_caller_from_a_number_that_is_not_called_back_is_asked_for_another(seeded: Database) -> None:
    with pytest.raises(ToolError, match="Ask for a phone number"):
        await book_callback(ring(seeded, number=PREMIUM), slot="the first one")


@pytest.mark.parametrize(
    ("phone", "desk", "called"),
    [
        (MINE, DESK, True),
        ("+447700900123", DESK, True),
        (ABROAD, DESK, False),
        (ABROAD, Desk(calls_back=("+44", "+33")), True),
        (ABROAD, Desk(calls_back=("*",)), True),
        (PREMIUM, Desk(calls_back=("*",), never_calls_back=()), False),
        (MINE, Desk(never_calls_back=("+4420",)), False),
    ],
)
def test_which_numbers_are_called_back_is_set(phone: str, desk: Desk, called: bool) -> None:
    assert is_called_back(phone, desk) is called


# -- callbacks -------------------------------------------------------------------------------------------------------


async def test_thirty_six_calls_book_one_number_twice(seeded: Database) -> None:
    before = await free(seeded)
    booked = [await books(ring(seeded), MINE) for _ in range(36)]

    assert sum(booked) == DESK.callbacks_per_number
    assert await free(seeded) == before - DESK.callbacks_per_number


async def test_thirty_six_calls_at_once_book_one_number_twice(seeded: Database) -> None:
    before = await free(seeded)
    booked = await asyncio.gather(*(books(ring(seeded), MINE) for _ in range(36)))

    assert sum(booked) == DESK.callbacks_per_number
    assert await free(seeded) == before - DESK.callbacks_per_number


@pytest.mark.parametrize(("calling", "address"), [(None, "somebody's"), (MINE, "")], ids=["address", "number"])
async def test_one_origin_books_so_often_with_however_many_numbers(
    seeded: Database, calling: str | None, address: str
) -> None:
    booked = [await books(ring(seeded, calling, source=Source(address=address)), number(i)) for i in range(8)]

    assert sum(booked) == DESK.callbacks_per_origin


async def test_phones_that_hide_their_number_are_one_origin(seeded: Database) -> None:
    async def hidden(i: int) -> bool:
        ctx = ring(seeded)
        ctx.userdata.caller.dialed = "+442079460000"
        return await books(ctx, number(i))

    assert sum([await hidden(i) for i in range(8)]) == DESK.callbacks_per_origin


async def test_a_call_that_is_resumed_again_and_again_has_one_callback(seeded: Database) -> None:
    before = await rows(seeded, Callback)
    for i in range(8):
        await books(ring(seeded, origin="room"), number(i))

    assert await rows(seeded, Callback) == before + 1


async def test_the_last_times_are_for_verified_callers_however_many_strangers_come_at_once(seeded: Database) -> None:
    await asyncio.gather(*(books(ring(seeded, source=Source(address=f"address {i}")), number(i)) for i in range(60)))
    stranger, customer = ring(seeded, source=Source(address="one more")), await known(seeded)

    assert await free(seeded) == DESK.callbacks_kept
    with pytest.raises(ToolError, match="no free time"):
        await list_callback_slots(stranger)
    assert not await books(stranger, MINE)
    assert "Free times are" in await list_callback_slots(customer)
    assert await books(customer)


async def test_strangers_who_want_different_times_at_once_get_no_more_than_what_is_left_for_them(
    seeded: Database,
) -> None:
    async with seeded.read() as session:
        times = [moment(slot.starts_at, NOW) for slot in await callbacks.free(session, NOW)]
    few = Desk(callbacks_kept=len(times) - 1)
    strangers = (
        books(ring(seeded, source=Source(address=said), desk=few), number(i), said) for i, said in enumerate(times[:12])
    )

    assert sum(await asyncio.gather(*strangers)) == 1


async def test_a_customer_is_not_kept_from_a_callback_by_what_others_did_from_the_same_address(
    seeded: Database,
) -> None:
    for i in range(DESK.callbacks_per_origin + 1):
        await books(ring(seeded, source=Source(address="an office")), number(i))
    customer = await known(seeded)
    customer.userdata.caller.source = Source(address="an office")

    assert await books(customer)


async def test_what_is_refused_costs_nothing(seeded: Database) -> None:
    for _ in range(DESK.callbacks_per_origin + 1):
        assert not await books(ring(seeded, source=Source(address="somebody's")), MINE, slot="Sunday at noon")
    assert await books(ring(seeded, source=Source(address="somebody's")), MINE)


# -- tickets ---------------------------------------------------------------------------------------------------------


async def test_a_call_opens_so_many_tickets_and_not_two_hundred(seeded: Database) -> None:
    ctx, before = ring(seeded), await rows(seeded, Ticket)
    opened = [await opens(ctx, f"Complaint {i}", MINE) for i in range(200)]

    assert sum(opened) == DESK.tickets_per_call
    assert await rows(seeded, Ticket) == before + DESK.tickets_per_call


async def test_a_ticket_that_is_opened_again_is_the_same_and_costs_nothing(seeded: Database) -> None:
    ctx, before = ring(seeded), await rows(seeded, Ticket)
    again = await asyncio.gather(*(opens(ctx, "The same", MINE) for _ in range(8)))

    assert all(again)
    assert await rows(seeded, Ticket) == before + 1


async def test_to_come_back_to_a_call_is_no_way_to_more_tickets(seeded: Database) -> None:
    opened = [await opens(ring(seeded, origin="room"), f"Complaint {i}", number(i)) for i in range(12)]
    assert sum(opened) == DESK.tickets_per_call


async def test_a_number_has_so_many_tickets_over_all_calls(seeded: Database) -> None:
    opened = await asyncio.gather(*(opens(ring(seeded), f"Complaint {i}", MINE) for i in range(20)))
    assert sum(opened) == DESK.tickets_per_number


async def test_an_origin_opens_so_many_tickets_over_all_calls(seeded: Database) -> None:
    opened = await asyncio.gather(
        *(opens(ring(seeded, source=Source(address="somebody's")), f"Complaint {i}", number(i)) for i in range(20))
    )
    assert sum(opened) == DESK.tickets_per_origin


# -- budgets ---------------------------------------------------------------------------------------------------------


async def test_workers_count_together_and_a_new_day_begins_anew(database: Database) -> None:
    async def spends(day: int) -> bool:
        try:
            async with database.write() as session:
                now = datetime(2026, 11, day, 23, 59, tzinfo=UTC)
                await Purse(session, database.pseudonyms, now).spend([Budget("tea", "me", 3), Budget("tea", "us", 5)])
        except SpentError:
            return False
        return True

    assert sum(await asyncio.gather(*(spends(26) for _ in range(12)))) == 3
    assert await spends(27)


async def test_who_spent_what_cannot_be_read(database: Database) -> None:
    async with database.write() as session:
        await Purse(session, Pseudonyms("a secret"), NOW).spend([Budget("callbacks", f"to {MINE}", 3)])
    async with database.read() as session:
        (row,) = (await session.execute(select(SpentRow))).all()
    assert MINE not in str(row)


# -- people ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def rung(tmp_path: Path) -> str:
    return new_database(tmp_path)


async def test_a_person_is_rung_so_often_by_a_call(seeded: Database) -> None:
    rings = Rings(ring(seeded).userdata)
    assert [await rings.spend() for _ in range(5)] == [True] * DESK.rings_per_call + [False] * 2


async def test_a_person_is_rung_so_often_by_an_origin_over_all_calls(seeded: Database) -> None:
    calls = [ring(seeded, source=Source(address="somebody's")).userdata for _ in range(15)]
    rung = await asyncio.gather(*(Rings(call).spend() for call in calls))

    assert sum(rung) == DESK.rings_per_origin
    assert await Rings(ring(seeded, source=Source(address="somebody else's")).userdata).spend()


async def test_to_come_back_to_a_call_is_no_way_to_more_rings(seeded: Database) -> None:
    rung = [await Rings(ring(seeded, origin="room").userdata).spend() for _ in range(5)]
    assert sum(rung) == DESK.rings_per_call


async def test_without_the_database_people_are_rung_and_still_not_without_end(tmp_path: Path) -> None:
    async with aclosing(Database(f"sqlite:///{tmp_path}/empty.db")) as empty:
        rings = Rings(ring(empty).userdata)
        assert [await rings.spend() for _ in range(5)] == [True] * DESK.rings_per_call + [False] * 2


async def test_whose_rings_are_spent_is_told_and_the_phone_stays_silent(
    livekit_server: LiveKitServer, rung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(livekit_server, rung, monkeypatch, refuses(486), DESK_RINGS_PER_CALL="1") as call:
        await call.stage.say("anna")
        await call.stage.say("anna")
        await call.stage.until(lambda: len(call._returned()) == 2)

        assert len(call.exchange.rung) == 1
        assert call._returned()[1].result == RUNG_OFTEN.format(name="anna")
        assert call.is_back()
