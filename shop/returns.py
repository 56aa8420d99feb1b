"""Returns: what may go back, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shop import orders
from shop.customers import Account
from shop.errors import ItemUnclearError, NotReturnableError, OpenedReturn
from shop.models import Order, OrderLine, OrderStatus, Return, ReturnStatus
from shop.wanted import wanted
from shop.wording import NotUnderstoodError
from switchboard.calendar import day_of

RETURN_DAYS = 30
RETURNABLE = frozenset({OrderStatus.DELIVERED, OrderStatus.PARTLY_RETURNED})


@dataclass(frozen=True)
class Started:
    """Returns that are open now: the goods with their quantities, a number for each, and the sum that is refunded."""

    goods: Sequence[tuple[int, str]]
    numbers: Sequence[int]
    refund_cents: int
    currency: str


async def start(
    session: AsyncSession, account: Account, number: int, *, item: str, reason: str, key: str, now: datetime
) -> Started:
    """Open a return for the named item of an order, or for all its items; one return for each order line.

    `item` is in the customer's words (see `shop/wanted.py`), "" where the order has one item only. Asked again with
    the same idempotency key it gives the same returns back. Raises OrderNotFoundError, NotReturnableError,
    ItemUnclearError.
    """
    order = await orders.find(session, account, number, for_update=True)
    check_policy(order, now)
    chosen, opened = choose(order.lines, item), []
    for line in chosen:
        entry = live_return(line) or _open(line, reason=reason, key=f"{key}:{line.id}", now=now)
        if entry.idempotency_key == f"{key}:{line.id}":
            opened.append((line, entry))
    if not opened:
        raise NotReturnableError(number, order.status, opened=_earlier(chosen))
    await session.flush()
    return Started(
        goods=[(line.quantity, line.product) for line, _ in opened],
        numbers=[entry.number for _, entry in opened],
        refund_cents=sum(entry.refund_cents for _, entry in opened),
        currency=order.currency,
    )


def deadline(order: Order) -> date | None:
    """The last day on which a return can be started; None before delivery."""
    return day_of(order.delivered_at) + timedelta(days=RETURN_DAYS) if order.delivered_at else None


def check_policy(order: Order, now: datetime) -> None:
    """Raise NotReturnableError for an order that is not with the customer, or has been for too long."""
    last_day = deadline(order)
    if last_day is None or order.status not in RETURNABLE:
        raise NotReturnableError(order.number, order.status, opened=_earlier(order.lines))
    if day_of(now) > last_day:
        raise NotReturnableError(order.number, order.status, deadline=last_day)


def live_return(line: OrderLine) -> Return | None:
    """The return that a line has already, unless it was refused."""
    return next((r for r in line.returns if r.status != ReturnStatus.REFUSED), None)


def choose(lines: Sequence[OrderLine], item: str) -> Sequence[OrderLine]:
    """The lines that the customer's words mean. Raises ItemUnclearError with all that the order has."""
    goods = [(line.quantity, line.product) for line in lines]
    try:
        places = wanted(goods, item)
    except NotUnderstoodError as error:
        raise ItemUnclearError(goods) from error
    return [line for place, line in enumerate(lines) if place in places]


def _earlier(lines: Sequence[OrderLine]) -> OpenedReturn | None:
    for line in lines:
        if opened := live_return(line):
            return OpenedReturn(opened.number, opened.opened_at)
    return None


def _open(line: OrderLine, *, reason: str, key: str, now: datetime) -> Return:
    opened = Return(
        status=ReturnStatus.OPEN, reason=reason, refund_cents=line.total_cents, opened_at=now, idempotency_key=key
    )
    line.returns.append(opened)
    return opened
