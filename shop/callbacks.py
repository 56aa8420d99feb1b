"""Callbacks: the free times, and booking one of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shop.customers import Account
from shop.errors import SlotTakenError
from shop.models import Callback, CallbackSlot
from shop.once import by_key

LEAD_TIME = timedelta(minutes=30)


async def free(session: AsyncSession, now: datetime) -> Sequence[CallbackSlot]:
    """Slots that nobody has booked and that are not too near, in order of time."""
    booked = select(Callback.id).where(Callback.slot_id == CallbackSlot.id).exists()
    query = select(CallbackSlot).where(CallbackSlot.starts_at >= now + LEAD_TIME, ~booked)
    return (await session.scalars(query.order_by(CallbackSlot.starts_at))).all()


async def booked_by(session: AsyncSession, key: str) -> Callback | None:
    """The callback that was booked with this idempotency key."""
    return await by_key(session, Callback, key)


async def book(
    session: AsyncSession,
    account: Account | None,
    slot_id: int,
    *,
    phone: str,
    topic: str,
    key: str,
    now: datetime,
    briefing: str | None = None,
) -> Callback:
    """Book a slot. A key has one callback: another slot or phone number changes it. Raises SlotTakenError."""
    earlier = await booked_by(session, key)
    if earlier and earlier.slot_id == slot_id:
        earlier.phone = phone
        return earlier
    await _require_ahead(session, slot_id, now)
    customer_id = account.customer_id if account else None
    try:
        # Changed inside: what is changed before it, SQLAlchemy writes before the savepoint.
        async with session.begin_nested():
            callback = earlier or Callback(idempotency_key=key)
            callback.slot_id, callback.customer_id, callback.booked_at = slot_id, customer_id, now
            callback.phone, callback.topic, callback.briefing = phone, topic, briefing
            session.add(callback)
    except IntegrityError:
        return await _same_moment(session, slot_id, key)
    return await _loaded(session, key)


async def _require_ahead(session: AsyncSession, slot_id: int, now: datetime) -> None:
    slot = await session.get(CallbackSlot, slot_id)
    if slot is None or slot.starts_at < now + LEAD_TIME:
        raise SlotTakenError


async def _same_moment(session: AsyncSession, slot_id: int, key: str) -> Callback:
    # Either somebody took the slot, or this very booking was made twice at once.
    mine = await booked_by(session, key)
    if mine is None or mine.slot_id != slot_id:
        raise SlotTakenError
    return mine


async def _loaded(session: AsyncSession, key: str) -> Callback:
    callback = await booked_by(session, key)
    assert callback is not None, "it was flushed in this transaction"
    return callback
