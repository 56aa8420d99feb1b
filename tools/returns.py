"""Sending something back."""

from datetime import datetime

from livekit.agents import RunContext, ToolError, function_tool

from shop import returns
from shop.errors import ItemUnclearError, NotReturnableError, OrderNotFoundError
from shop.models import OrderStatus
from shop.orders import CANCELLABLE
from shop.returns import Started
from switchboard.calendar import day_of
from switchboard.call.call import Call
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.shown import shows
from tools import clock
from tools.access import account_to_change
from tools.case import Case
from tools.keys import key
from tools.money import money
from tools.orders import not_found, order_number_of
from tools.speech import ago, calendar_day, counted, listed

RETURN_OPEN = Deed(
    to="returns?",
    done=(
        "started",
        "opened",
        "arranged",
        "set up",
        "booked",
        "registered",
        "created",
        "logged",
        "organised",
        "initiated",
    ),
    doing=("starting", "opening", "arranging", "setting up", "booking", "registering", "creating", "initiating"),
    state=("open", "exists", "in place", "under way", "underway"),
)


@function_tool
@makes_true(RETURN_OPEN)
@shows("Arranging your return", done="Arranged your return", failed="Couldn’t arrange the return")
async def start_return(ctx: RunContext[Call[Case]], order_number: str, reason: str, item: str = "") -> str:
    """Start a return of a delivered order, or of one of its items, within thirty days of the delivery.

    The caller has to be verified and confirmed. Ask what shall go back and why before you call this.

    Args:
        order_number: The order's number, for example "10042".
        reason: Why it goes back, in the caller's words.
        item: What goes back, in the caller's words and no others: "the vase", "everything", "everything but the lamp",
            "the lamp and three towels". Leave it empty when the order has one item only.
    """
    call, now = ctx.userdata, clock.now()
    account = account_to_change(call)
    number = order_number_of(call, order_number)
    # Neither the reason nor the item is part of the key: said again in other words, it is the same return.
    request = key(call, "start_return", number)
    try:
        async with call.database.write() as session:
            started = await returns.start(session, account, number, item=item, reason=reason, key=request, now=now)
    except OrderNotFoundError as error:
        raise not_found(error) from error
    except (ItemUnclearError, NotReturnableError) as error:
        raise ToolError(_why_not(error, now)) from error
    call.state.note("a return", f"Started a return from order {number}.", number)
    return _what_to_do(started, number)


def _what_to_do(started: Started, number: int) -> str:
    goods = listed([counted(quantity, product) for quantity, product in started.goods])
    numbers = listed([str(number) for number in started.numbers])
    refund = money(started.refund_cents, started.currency)
    return (
        f"The return of {goods} from order {number} is open. The return number is {numbers}. Write it on the parcel "
        f"and take the parcel to any post office within fourteen days; sending it is free. The refund of {refund} is "
        "paid within five working days after the parcel has arrived."
    )


def _why_not(error: ItemUnclearError | NotReturnableError, now: datetime) -> str:
    if isinstance(error, ItemUnclearError):
        return _which_item(error)
    number = error.number
    if error.opened:
        return (
            f"A return from order {number} exists already, since {ago(error.opened.opened_at, now)}; its number is "
            f"{error.opened.number}. Tell the caller, and do not start another one."
        )
    if error.deadline:
        return (
            f"Order {number} cannot be returned: the thirty days ended on "
            f"{calendar_day(error.deadline, day_of(now))}. Say so, and if the item is faulty tell the caller about "
            "the two-year warranty and offer a ticket."
        )
    return _not_delivered(error)


def _which_item(error: ItemUnclearError) -> str:
    items = listed([counted(quantity, product) for quantity, product in error.items], "or")
    if len(error.items) == 1:
        return f"Ask whether {items} shall go back. If so, call `start_return` with that as the item."
    several = any(quantity > 1 for quantity, _ in error.items)
    whole = " Several of one kind go back together; offer a ticket for fewer." if several else ""
    return (
        f"Ask which of these shall go back, or everything: {items}.{whole} Then call `start_return` with what the "
        "caller names."
    )


def _not_delivered(error: NotReturnableError) -> str:
    if error.status in CANCELLABLE:
        return f"Order {error.number} has not been shipped. Offer to cancel it instead, with `cancel_order`."
    if error.status == OrderStatus.CANCELLED:
        return f"Order {error.number} was cancelled, so there is nothing to return. Tell the caller."
    return (
        f"Order {error.number} has not been delivered. A return can be started when it is there, within thirty days "
        "of the delivery. Tell the caller."
    )
