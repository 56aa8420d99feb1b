"""Having a colleague call back."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from livekit.agents import RunContext, ToolError, function_tool
from sqlalchemy.ext.asyncio import AsyncSession

from shop import callbacks, customers
from shop.customers import Account
from shop.errors import SlotTakenError
from shop.models import Callback, CallbackSlot
from switchboard.calendar import day_of, local
from switchboard.call.call import Call
from switchboard.call.origins import origin_of
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.quoted import one_line
from switchboard.line.shown import shows
from switchboard.settings.schema import Desk
from tools import clock
from tools.access import account_if_verified
from tools.case import Case
from tools.limits import Limits
from tools.speech import listed, moment
from tools.tickets import PHONE_MISSING, phone_of
from tools.times import matching

BOOKED = Deed(
    to="callbacks?|call-backs?|call backs?|you(?: in)?(?: down)?",
    done=("booked", "scheduled", "arranged", "set up", "reserved", "put _ down"),
    doing=("booking", "scheduling", "arranging", "setting up", "reserving"),
    state=("confirmed",),
    is_it=True,
)
OFFERED = 4
CALLBACKS = "callbacks"


@function_tool
@shows("Looking for a time to call you", done="Found times to call you", failed="Couldn’t find a time")
async def list_callback_slots(ctx: RunContext[Call[Case]], day: str = "") -> str:
    """List free times at which a colleague can call the caller back. Offer two of them and ask which one suits.

    Args:
        day: The day or part of a day that the caller prefers, for example "tomorrow" or "Friday morning". Leave it
            empty for the next free times.
    """
    call, now = ctx.userdata, clock.now()
    async with call.database.read() as session:
        free = await _free_for(session, account_if_verified(call), call.desk, now)
    if not free:
        raise ToolError("There is no free time for a callback. Offer an urgent ticket instead: `open_urgent_ticket`.")
    times = [slot.starts_at for slot in free]
    wanted = matching(times, day, now) if day.strip() else times
    if not wanted:
        return f"There is no free time {one_line(day)}. The next ones are {_offer(times, now)}."
    return f"Free times are {_offer(wanted, now)}."


@function_tool
@makes_true(BOOKED)
@shows("Booking your callback", done="Booked your callback", failed="Couldn’t book the callback")
async def book_callback(ctx: RunContext[Call[Case]], slot: str, phone: str = "", topic: str = "") -> str:
    """Book a callback in a free time. A call has one callback: booking again with another time or phone
    number changes it. A caller who is not verified can book one too, with a phone number.

    Args:
        slot: The time, as `list_callback_slots` says it, for example "tomorrow at half past nine in the morning".
        phone: The phone number to call. Leave it empty for the number the caller calls from or the one of their
            account.
        topic: What the call is about, in one sentence.
    """
    call, now = ctx.userdata, clock.now()
    account = account_if_verified(call)
    said = phone_of(call, phone)
    # The call alone is the key, so that no call can fill up the diary.
    request = f"{origin_of(call)}:book_callback"
    async with call.database.write() as session:
        earlier, number = await _taking_turns(session, call, account, request, said)
        free = await _free_for(session, account, call.desk, now)
        chosen = _meant(free, earlier, slot, now)
        try:
            booked = await callbacks.book(
                session,
                account,
                chosen.id,
                phone=number,
                topic=topic or call.state.topic or "not said",
                key=request,
                now=now,
                briefing=call.state.briefing_text(call.caller.standing),
            )
        except SlotTakenError as error:
            rest = [other for other in free if other.id != chosen.id]
            raise ToolError(f"That time has just been taken. {_next(rest, now)}") from error
    call.state.note("a callback", f"Booked a callback for {local(booked.slot.starts_at):%d %B %H:%M}.")
    when, ending = moment(booked.slot.starts_at, now), " ".join(booked.phone[-3:])
    return f"The callback is booked: a colleague calls {when}, on the number ending in {ending}."


async def take_callback(call: Call[Case], typed: str) -> None:
    """A `Book` of the line: the next free time for a caller whom no agent can ask for one, unless they have one."""
    now, account = clock.now(), account_if_verified(call)
    said = phone_of(call, typed)
    request = f"{origin_of(call)}:book_callback"
    async with call.database.write() as session:
        earlier, number = await _taking_turns(session, call, account, request, said)
        slots = [earlier.slot] if earlier else await _free_for(session, account, call.desk, now)
        for slot in slots:
            with suppress(SlotTakenError):  # by somebody else in this moment: the next one is as good
                await callbacks.book(
                    session,
                    account,
                    slot.id,
                    phone=number,
                    topic=call.state.topic or "not said: the line had a fault",
                    key=request,
                    now=now,
                    briefing=call.state.briefing_text(call.caller.standing),
                )
                return
    raise ToolError("There is no free time for a callback.")


async def _free_for(
    session: AsyncSession, account: Account | None, desk: Desk, now: datetime
) -> Sequence[CallbackSlot]:
    """The free times, of which the last ones are not for strangers."""
    free = await callbacks.free(session, now)
    return free if account or len(free) > desk.callbacks_kept else ()


async def _taking_turns(
    session: AsyncSession, call: Call[Case], account: Account | None, request: str, said: str | None
) -> tuple[Callback | None, str]:
    """What the call has booked already, and the number for what it books now: there is room for it."""
    await Limits(session, call).one_at_a_time(CALLBACKS)
    earlier = await callbacks.booked_by(session, request)
    number = said or (earlier.phone if earlier else await _phone_on_file(session, account))
    await _require_place(session, call, earlier, number)
    return earlier, number


async def _require_place(session: AsyncSession, call: Call[Case], earlier: Callback | None, number: str) -> None:
    """One more callback, or the same with another number; the free times are looked for after it."""
    limits, desk = Limits(session, call), call.desk
    if earlier is None:
        await limits.spend(
            CALLBACKS,
            number,
            per_number=desk.callbacks_per_number,
            per_origin=desk.callbacks_per_origin,
            per_call=desk.callbacks_per_origin,
        )
    elif earlier.phone != number:
        await limits.change(CALLBACKS, number, per_number=desk.callbacks_per_number)
    await limits.one_stranger_at_a_time(CALLBACKS)


async def _phone_on_file(session: AsyncSession, account: Account | None) -> str:
    if account is None:
        raise ToolError(PHONE_MISSING)
    return (await customers.get(session, account)).phone


def _meant(free: Sequence[CallbackSlot], earlier: Callback | None, said: str, now: datetime) -> CallbackSlot:
    """The slot that the words mean, this call's own one before a free one. Raises a ToolError where none is meant."""
    if earlier and matching([earlier.slot.starts_at], said, now):
        return earlier.slot
    times = matching([slot.starts_at for slot in free], said, now)
    if not times:
        raise ToolError(f"There is no free time {one_line(said) or 'named'}. {_next(free, now)}")
    if len(times) > 1:
        raise ToolError(f"Ask which one: {_offer(times, now)}. Then call `book_callback` with that time.")
    return next(slot for slot in free if slot.starts_at == times[0])


def _next(free: Sequence[CallbackSlot], now: datetime) -> str:
    if not free:
        return "No other time is free. Offer an urgent ticket instead: `open_urgent_ticket`."
    return f"Offer another one: {_offer([slot.starts_at for slot in free], now)}."


def _offer(times: Sequence[datetime], now: datetime) -> str:
    """A few of the times, spread over days and halves of days."""
    halves = {(day_of(time), local(time).hour < 12): time for time in reversed(times)}
    spread = sorted(halves.values()) if len(halves) > 1 else times
    return listed([moment(time, now) for time in spread[:OFFERED]], "or")
