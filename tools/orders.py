"""Where an order is, which orders there are, and cancelling one."""

from datetime import date, datetime

from livekit.agents import RunContext, ToolError, function_tool

from shop import orders, returns
from shop.errors import NotCancellableError, OrderNotFoundError
from shop.models import Order, OrderStatus
from switchboard.calendar import day_of
from switchboard.call.call import Call
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.shown import shows
from tools import clock, hearing
from tools.access import account_of, account_to_change
from tools.case import Case
from tools.keys import key
from tools.money import money
from tools.speech import ago, cardinal, counted, listed, on_day

CANCELLED = Deed(
    to="orders?(?: number)?(?: [0-9]+)?",
    done=("cancelled", "canceled"),
    doing=("cancelling", "canceling"),
    is_it=True,
)
STATUS_WORDS = {
    OrderStatus.PLACED: "waiting for payment",
    OrderStatus.PAID: "paid and about to be packed",
    OrderStatus.PACKED: "packed",
    OrderStatus.SHIPPED: "on its way",
    OrderStatus.DELIVERED: "delivered",
    OrderStatus.PARTLY_RETURNED: "delivered and partly returned",
    OrderStatus.RETURNED: "returned",
    OrderStatus.CANCELLED: "cancelled",
}


@function_tool
@shows("Looking up your order", done="Looked up your order", failed="Couldn’t look up the order")
async def find_order(ctx: RunContext[Call[Case]], order_number: str = "") -> str:
    """Tell where one of the caller's orders is: what is in it, its total, its status and its dates.

    The caller has to be verified.

    Args:
        order_number: The order's number, for example "10042". Leave it empty for the order the call is about already.
    """
    call, now = ctx.userdata, clock.now()
    account = account_of(call)
    number = order_number_of(call, order_number)
    try:
        async with call.database.read() as session:
            order = await orders.find(session, account, number)
    except OrderNotFoundError as error:
        raise not_found(error) from error
    call.state.note("where an order is", f"Told that order {number} is {STATUS_WORDS[order.status]}.", number)
    return (
        f"Order {number} is {contents(order)}, {money(order.total_cents, order.currency)} in all. "
        f"{_whereabouts(order, now)}"
    )


@function_tool
@shows("Looking at your recent orders", done="Looked at your recent orders", failed="Couldn’t see your orders")
async def list_recent_orders(ctx: RunContext[Call[Case]]) -> str:
    """List the caller's three newest orders, with what is in them and how they stand.

    For a caller who does not know the order number. The caller has to be verified.
    """
    call, now = ctx.userdata, clock.now()
    account = account_of(call)
    async with call.database.read() as session:
        found = await orders.recent(session, account)
    if not found:
        return "There are no orders on this account."
    summaries = [
        f"Order {order.number}, {contents(order)}, placed {ago(order.placed_at, now)}: {STATUS_WORDS[order.status]}."
        for order in found
    ]
    count = "The newest order" if len(found) == 1 else f"The {cardinal(len(found))} newest orders"
    return f"{count}: {' '.join(summaries)}"


@function_tool
@makes_true(CANCELLED)
@shows("Cancelling your order", done="Cancelled your order", failed="Couldn’t cancel the order")
async def cancel_order(ctx: RunContext[Call[Case]], order_number: str) -> str:
    """Cancel one of the caller's orders that has not been shipped. This cannot be undone.

    The caller has to be verified and confirmed. Say which order it is and ask whether it shall really be cancelled
    before you call this.

    Args:
        order_number: The order's number, for example "10042".
    """
    call, now = ctx.userdata, clock.now()
    account = account_to_change(call)
    number = order_number_of(call, order_number)
    try:
        async with call.database.write() as session:
            order = await orders.cancel(session, account, number, key=key(call, "cancel_order", number), now=now)
    except OrderNotFoundError as error:
        raise not_found(error) from error
    except NotCancellableError as error:
        raise ToolError(_why_not_cancelled(error, now)) from error
    call.state.note("a cancellation", f"Cancelled order {number}.", number)
    return f"Order {number}, {contents(order)}, is cancelled. {_refund(order)}"


def order_number_of(call: Call[Case], said: str) -> int:
    """The number that was said, or that of the order the call is about. Raises a ToolError that asks for it."""
    # What was said and not understood must not turn into another order.
    number = hearing.order_number(said) if said.strip() else call.state.order_number
    if number is None:
        raise ToolError(
            "Ask for the order number. A caller who does not know it can choose: call `list_recent_orders`."
        )
    return number


def not_found(error: OrderNotFoundError) -> ToolError:
    """What to say of any order that is not the caller's, whether it exists or not."""
    return ToolError(
        f"There is no order {error.number} on the caller's account. Read the number back digit by digit and ask "
        "whether it is right, or call `list_recent_orders`."
    )


def contents(order: Order) -> str:
    """ "an oak shelf and two linen cushions"."""
    return listed([counted(line.quantity, line.product) for line in order.lines])


def _whereabouts(order: Order, now: datetime) -> str:
    match order.status:
        case OrderStatus.PLACED:
            return f"It was placed {ago(order.placed_at, now)} and waits for its payment. It can still be cancelled."
        case OrderStatus.PAID:
            return f"It was paid {ago(_set(order.paid_at), now)} and will be packed next. It can still be cancelled."
        case OrderStatus.PACKED:
            return "It is packed and leaves the warehouse with the next collection. It can still be cancelled."
        case OrderStatus.SHIPPED:
            return _on_its_way(order, now)
        case OrderStatus.CANCELLED:
            return f"It was cancelled {ago(_set(order.cancelled_at), now)}."
        case _:
            return _arrived(order, now)


def _on_its_way(order: Order, now: datetime) -> str:
    shipped = f"It was shipped {ago(_set(order.shipped_at), now)} with {order.carrier}"
    expected = order.expected_on
    if expected is None:
        return f"{shipped}."
    if expected < day_of(now):
        return f"{shipped} and was due {on_day(expected, now)}, so it is late. Offer to open a ticket."
    return f"{shipped} and should arrive {on_day(expected, now)}."


def _arrived(order: Order, now: datetime) -> str:
    delivered = f"It was delivered {ago(_set(order.delivered_at), now)}."
    returned = [line for line in order.lines if returns.live_return(line)]
    sentences = [delivered]
    if returned:
        goods = listed([counted(line.quantity, line.product) for line in returned])
        sentences.append(f"A return is recorded for {goods}.")
    if len(returned) < len(order.lines):
        sentences.append(_return_window(returns.deadline(order), now))
    return " ".join(sentences)


def _return_window(deadline: date | None, now: datetime) -> str:
    if deadline is None or deadline < day_of(now):
        return "The thirty days for a return are over."
    return f"A return can be started until {on_day(deadline, now).removeprefix('on ')}."


def _why_not_cancelled(error: NotCancellableError, now: datetime) -> str:
    match error.status:
        case OrderStatus.CANCELLED:
            return (
                f"Order {error.number} is cancelled already, since {on_day(_set(error.cancelled_at), now)}. Tell the "
                "caller."
            )
        case OrderStatus.SHIPPED:
            return (
                f"Order {error.number} has left the warehouse and cannot be cancelled. Tell the caller that it can be "
                "refused at the door, or returned within thirty days of its delivery."
            )
        case _:
            return (
                f"Order {error.number} has been delivered and cannot be cancelled. Offer a return instead: it is "
                "possible within thirty days of the delivery, with `start_return`."
            )


def _refund(order: Order) -> str:
    if order.paid_at is None:
        return "Nothing has been paid, so there is nothing to refund."
    total = money(order.total_cents, order.currency)
    return f"The {total} go back to the card or account they came from within five working days."


def _set(moment: datetime | None) -> datetime:
    assert moment is not None, "an order in this status has passed this moment"
    return moment
