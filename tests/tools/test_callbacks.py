import asyncio
from typing import Any

import pytest
from livekit.agents import ToolError
from sqlalchemy import delete, func, select

from shop import callbacks
from shop.demo import AMELIA
from shop.errors import SlotTakenError
from shop.models import Callback, CallbackSlot
from switchboard.database import Database
from switchboard.settings.schema import Desk
from tests.shop.rows import NOW
from tests.tools.phone import PLENTY, known, ring
from tools.briefing import write_briefing
from tools.callbacks import book_callback, list_callback_slots, take_callback
from tools.speech import moment

SLOT = "tomorrow at half past nine in the morning"


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Callback)) or 0


async def newest(database: Database) -> Callback:
    async with database.read() as session:
        return (await session.scalars(select(Callback).order_by(Callback.id.desc()).limit(1))).one()


async def test_free_times_are_offered_a_few_over_days_and_halves_of_days(seeded: Database) -> None:
    assert await list_callback_slots(ring(seeded)) == (
        "Free times are today at half past ten in the morning, today at two in the afternoon, "
        "tomorrow at half past nine in the morning or tomorrow at two in the afternoon."
    )


async def test_free_times_are_offered_for_the_day_that_is_asked_for(seeded: Database) -> None:
    assert await list_callback_slots(ring(seeded), day="Wednesday afternoon") == (
        "Free times are Wednesday the twenty-sixth of November at two in the afternoon, "
        "Wednesday the twenty-sixth of November at three in the afternoon or "
        "Wednesday the twenty-sixth of November at half past four in the afternoon."
    )


async def test_a_day_without_a_free_time_is_told_with_the_next_ones(seeded: Database) -> None:
    answer = await list_callback_slots(ring(seeded), day="Sunday")

    assert answer.startswith("There is no free time Sunday. The next ones are today at half past ten in the morning")


async def test_without_any_free_time_another_way_is_told(seeded: Database) -> None:
    async with seeded.write() as session:
        await session.execute(delete(Callback))
        await session.execute(delete(CallbackSlot))
    for attempt in (list_callback_slots(ring(seeded)), book_callback(ring(seeded), slot=SLOT, phone="07700 900999")):
        with pytest.raises(ToolError, match="`open_urgent_ticket`"):
            await attempt


async def test_a_stranger_books_with_the_number_they_give(seeded: Database) -> None:
    answer = await book_callback(
        ring(seeded), slot=SLOT, phone="oh seven seven double oh nine double oh nine nine nine"
    )
    booked = await newest(seeded)

    assert answer == (
        "The callback is booked: a colleague calls tomorrow at half past nine in the morning, "
        "on the number ending in 9 9 9."
    )
    assert (booked.customer_id, booked.phone) == (None, "+447700900999")


async def test_a_stranger_without_a_number_is_asked_for_one(seeded: Database) -> None:
    before = await rows(seeded)
    with pytest.raises(ToolError, match="Ask for a phone number"):
        await book_callback(ring(seeded), slot=SLOT)

    assert await rows(seeded) == before


async def test_a_verified_caller_is_called_on_the_number_of_the_account(seeded: Database) -> None:
    await book_callback(await known(seeded), slot=SLOT)
    booked = await newest(seeded)

    assert booked.phone == AMELIA.phone
    assert booked.customer_id is not None


async def test_a_callback_carries_topic_and_briefing(seeded: Database) -> None:
    ctx = ring(seeded, number="+447700900999")
    await write_briefing(ctx, problem="The refund is missing.", wish="The money.")
    await book_callback(ctx, slot=SLOT, topic="a missing refund")
    booked = await newest(seeded)

    assert booked.topic == "a missing refund"
    assert booked.briefing is not None
    assert "Wish: The money." in booked.briefing


@pytest.mark.parametrize("slot", [SLOT, "tomorrow 9:30", "Tuesday at half past nine"])
async def test_booked_again_it_is_the_same_callback(seeded: Database, slot: str) -> None:
    ctx, before = ring(seeded, number="+447700900999"), await rows(seeded)
    first = await book_callback(ctx, slot=SLOT)

    assert await book_callback(ctx, slot=slot) == first
    assert await rows(seeded) == before + 1


async def test_booked_many_times_at_once_it_is_the_same_callback(seeded: Database) -> None:
    ctx, before = ring(seeded, number="+447700900999"), await rows(seeded)
    answers = await asyncio.gather(*(book_callback(ctx, slot=SLOT) for _ in range(4)))

    assert len(set(answers)) == 1
    assert await rows(seeded) == before + 1


async def test_the_first_free_time_booked_twice_is_one_callback(seeded: Database) -> None:
    ctx, before = ring(seeded, number="+447700900999"), await rows(seeded)

    assert await book_callback(ctx, slot="the first one") == await book_callback(ctx, slot="the first one")
    assert await rows(seeded) == before + 1


async def test_another_time_moves_the_callback(seeded: Database) -> None:
    ctx, before = ring(seeded, number="+447700900999"), await rows(seeded)
    await book_callback(ctx, slot=SLOT)
    answer = await book_callback(ctx, slot="tomorrow at two in the afternoon")

    assert "tomorrow at two in the afternoon" in answer
    assert await rows(seeded) == before + 1


async def test_another_phone_number_corrects_the_callback(seeded: Database) -> None:
    ctx, before = await known(seeded), await rows(seeded)
    await book_callback(ctx, slot=SLOT)
    corrected = await book_callback(ctx, slot=SLOT, phone="07700 900999")

    assert corrected.endswith("on the number ending in 9 9 9.")
    assert await book_callback(ctx, slot=SLOT) == corrected
    assert await rows(seeded) == before + 1


async def test_half_a_phone_number_is_asked_for_again(seeded: Database) -> None:
    before = await rows(seeded)
    with pytest.raises(ToolError, match="not a whole phone number"):
        await book_callback(await known(seeded), slot=SLOT, phone="07700")

    assert await rows(seeded) == before


async def test_of_two_callers_at_once_one_gets_the_time_and_the_other_an_offer(seeded: Database) -> None:
    before = await rows(seeded)
    results = await asyncio.gather(
        *(book_callback(ring(seeded, number="+447700900999"), slot=SLOT) for _ in range(2)), return_exceptions=True
    )

    [refused] = [result for result in results if isinstance(result, ToolError)]
    assert "Offer another one: today at half past ten in the morning" in refused.message
    assert await rows(seeded) == before + 1


async def test_an_unclear_time_is_asked_for(seeded: Database) -> None:
    with pytest.raises(ToolError, match="Ask which one: tomorrow at half past nine in the morning"):
        await book_callback(ring(seeded, number="+447700900999"), slot="tomorrow morning")


@pytest.mark.parametrize("slot", ["", "Sunday at noon", "banana"])
async def test_a_time_that_is_not_free_is_answered_with_others(seeded: Database, slot: str) -> None:
    before = await rows(seeded)
    with pytest.raises(ToolError, match="Offer another one: today"):
        await book_callback(ring(seeded, number="+447700900999"), slot=slot)

    assert await rows(seeded) == before


async def test_every_time_that_is_offered_can_be_booked_by_its_words(seeded: Database) -> None:
    async with seeded.read() as session:
        booked = select(Callback.slot_id)
        free = (await session.scalars(select(CallbackSlot.starts_at).where(CallbackSlot.id.not_in(booked)))).all()
    for at in free[1:]:
        said = moment(at, NOW)
        assert said in await book_callback(ring(seeded, number="+447700900999", desk=PLENTY), slot=said)


async def test_a_callback_without_an_agent_is_the_next_free_time_on_the_number_they_call_from(seeded: Database) -> None:
    call = ring(seeded).userdata
    call.caller.number = "+447700900999"
    await take_callback(call, "")
    booked = await newest(seeded)

    assert (booked.phone, booked.customer_id) == ("+447700900999", None)
    async with seeded.read() as session:
        free = await callbacks.free(session, NOW)
    assert all(slot.starts_at > booked.slot.starts_at for slot in free)


async def test_a_callback_without_an_agent_keeps_the_time_of_one_that_was_booked_before(seeded: Database) -> None:
    ctx = ring(seeded)
    await book_callback(ctx, slot=SLOT, phone="07700 900999")
    before, number = await newest(seeded), await rows(seeded)
    await take_callback(ctx.userdata, "")
    await take_callback(ctx.userdata, "07700 900888")
    after = await newest(seeded)

    assert (after.slot_id, after.phone, await rows(seeded)) == (before.slot_id, "+447700900888", number)


@pytest.mark.parametrize("typed", ["", "077"])
async def test_a_callback_without_a_whole_number_is_none(seeded: Database, typed: str) -> None:
    before = await rows(seeded)
    with pytest.raises(ToolError):
        await take_callback(ring(seeded).userdata, typed)

    assert await rows(seeded) == before


async def test_a_callback_without_an_agent_costs_what_another_costs(seeded: Database) -> None:
    for caller in range(Desk().callbacks_per_number):
        await take_callback(ring(seeded, origin=f"call-{caller}").userdata, "07700 900999")
    before = await rows(seeded)
    with pytest.raises(ToolError, match="No more can be done"):
        await take_callback(ring(seeded, origin="one more").userdata, "07700 900999")

    assert await rows(seeded) == before


async def test_when_the_next_time_is_taken_in_this_moment_the_one_after_it_is_booked(
    seeded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = callbacks.book
    refused: list[int] = []

    async def taken_once(session: Any, account: Any, slot_id: int, **how: Any) -> Callback:
        if not refused:
            refused.append(slot_id)
            raise SlotTakenError
        return await book(session, account, slot_id, **how)

    monkeypatch.setattr("shop.callbacks.book", taken_once)
    await take_callback(ring(seeded).userdata, "07700 900999")

    assert (await newest(seeded)).slot_id != refused[0]
