"""Fills an empty shop: 50 customers, 200 orders in every state, returns, tickets and free times for callbacks.

The same `now` gives the same shop; every date is told from it, so that tomorrow's parcel comes tomorrow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop import samples
from shop.demo import DEMO_CUSTOMERS, DEMO_ORDERS, DemoCustomer, DemoOrder
from shop.models import (
    CURRENCY,
    FIRST_ORDER_NUMBER,
    Callback,
    CallbackSlot,
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    Return,
    ReturnStatus,
    Ticket,
    TicketStatus,
    Urgency,
)
from switchboard.calendar import WORKING_DAYS, ZONE, day_of

CUSTOMERS = 50
ORDERS = 200
OLDEST = timedelta(days=90)
SLOT_DAYS = 7
SLOT_TIMES = (time(9, 30), time(10, 30), time(11, 30), time(14), time(15), time(16, 30))
RECEIVED_AFTER = timedelta(days=6)
REFUNDED_AFTER = timedelta(days=12)


@dataclass(frozen=True)
class Seeded:
    """How many rows of each kind were added."""

    customers: int = 0
    orders: int = 0
    returns: int = 0
    tickets: int = 0
    callbacks: int = 0
    callback_slots: int = 0

    def __str__(self) -> str:
        added = [f"{count} {kind.replace('_', ' ')}" for kind, count in vars(self).items() if count]
        return f"Added {', '.join(added)}." if added else "Nothing to add: the shop is filled already."


async def seed(session: AsyncSession, now: datetime) -> Seeded:
    """Fill the shop if it has no orders, and see to it that there are free times for callbacks in the days after `now`.

    Doing it again adds nothing but the times of days that have come nearer, and changes nothing.
    """
    slots = await _add_slots(session, now)
    if await session.scalar(select(func.count()).select_from(Order)):
        return Seeded(callback_slots=len(slots))
    dice = Random(FIRST_ORDER_NUMBER)
    customers = list(_customers(dice, now))
    session.add_all(customers)
    await session.flush()
    orders = list(_orders(dice, customers, now))
    session.add_all(orders)
    await session.flush()
    tickets = list(_tickets(orders, now))
    callbacks = list(_callbacks(slots, customers, now))
    session.add_all([*tickets, *callbacks])
    await session.flush()
    returns = await session.scalar(select(func.count()).select_from(Return)) or 0
    return Seeded(len(customers), len(orders), returns, len(tickets), len(callbacks), len(slots))


def slot_times(now: datetime) -> Iterator[datetime]:
    """The times at which colleagues call back on the coming working days."""
    days = 0
    day = day_of(now)
    while days < SLOT_DAYS:
        if day.weekday() in WORKING_DAYS:
            days += 1
            yield from (at for clock in SLOT_TIMES if (at := datetime.combine(day, clock, ZONE)) > now)
        day += timedelta(days=1)


async def _add_slots(session: AsyncSession, now: datetime) -> Sequence[CallbackSlot]:
    known = set(await session.scalars(select(CallbackSlot.starts_at)))
    slots = [CallbackSlot(starts_at=at) for at in slot_times(now) if at not in known]
    session.add_all(slots)
    await session.flush()
    return slots


def _customers(dice: Random, now: datetime) -> Iterator[Customer]:
    """The known ones first, then the others, each with a postcode of their own."""
    for known in DEMO_CUSTOMERS:
        yield _demo_customer(known, now)
    others = CUSTOMERS - len(DEMO_CUSTOMERS)
    firsts, lasts = (dice.sample(names, others) for names in (samples.FIRST_NAMES, samples.LAST_NAMES))
    for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        city, outward = samples.CITIES[i % len(samples.CITIES)]
        inward = f"{dice.randint(1, 9)}{''.join(dice.sample(samples.INWARD_LETTERS, 2))}"
        yield Customer(
            name=f"{first} {last}",
            email=f"{first}.{last}@example.com".lower(),
            phone=f"+447700900{200 + i}",
            street=f"{dice.randint(1, 120)} {dice.choice(samples.STREETS)}",
            city=city,
            postcode=f"{outward} {inward}",
            created_at=now - OLDEST - timedelta(days=dice.randint(1, 900)),
        )


def _demo_customer(known: DemoCustomer, now: datetime) -> Customer:
    return Customer(**vars(known), created_at=now - OLDEST - timedelta(days=30))


def _orders(dice: Random, customers: Sequence[Customer], now: datetime) -> Iterator[Order]:
    """Orders in the order of their numbers and times, more of them lately."""
    known = {order.number: order for order in DEMO_ORDERS}
    by_email = {customer.email: customer for customer in customers}
    others = customers[len(DEMO_CUSTOMERS) :]
    for i in range(ORDERS):
        number = FIRST_ORDER_NUMBER + i
        age = OLDEST * ((ORDERS - 1 - i) / ORDERS) ** 1.6 + timedelta(minutes=20)
        placed = (now - age).replace(second=0, microsecond=0)
        if demo := known.get(number):
            yield _demo_order(demo, by_email[demo.customer.email], placed, now)
            continue
        customer = others[i] if i < len(others) else dice.choice(others)
        order = _order(number, customer, placed, _goods(dice), carrier=dice.choice(samples.CARRIERS))
        _live(order, dice, now)
        yield order


def _order(number: int, customer: Customer, placed_at: datetime, lines: list[OrderLine], carrier: str) -> Order:
    goods = sum(line.total_cents for line in lines)
    return Order(
        number=number,
        customer_id=customer.id,
        status=OrderStatus.PLACED,
        currency=CURRENCY,
        delivery_cents=0 if goods > 5000 else 395,
        carrier=carrier,
        placed_at=placed_at,
        lines=lines,
    )


def _goods(dice: Random) -> list[OrderLine]:
    chosen = dice.sample(samples.PRODUCTS, dice.choice((1, 1, 1, 2, 2, 3)))
    return [
        OrderLine(
            position=i, sku=sku, product=product, unit_cents=price, quantity=1 if price > 3000 else dice.randint(1, 4)
        )
        for i, (sku, product, price) in enumerate(chosen, 1)
    ]


def _live(order: Order, dice: Random, now: datetime) -> None:
    """Take an order through its life, as far as it has come by `now`."""
    placed = order.placed_at
    fate = dice.random()
    paid, packed, shipped = (placed + timedelta(hours=hours) for hours in (5, 14, 38))
    arrival = _not_sunday(day_of(placed) + timedelta(days=dice.randint(3, 5)))
    delivered = _at(arrival, dice.randint(9, 17), dice.randint(0, 59))
    if fate < 0.06 and now > packed:
        order.status, order.cancelled_at = OrderStatus.CANCELLED, placed + timedelta(hours=9)
        order.paid_at = paid if fate < 0.04 else None
        return
    for status, moment in (
        (OrderStatus.PAID, paid),
        (OrderStatus.PACKED, packed),
        (OrderStatus.SHIPPED, shipped),
        (OrderStatus.DELIVERED, delivered),
    ):
        if moment <= now:
            _reach(order, status, moment)
    if shipped <= now:
        order.expected_on = arrival
    if delivered <= now:
        _send_back(order, dice, now)


def _reach(order: Order, status: OrderStatus, moment: datetime) -> None:
    order.status = status
    setattr(order, f"{status}_at", moment)


def _send_back(order: Order, dice: Random, now: datetime) -> None:
    """Some orders are returned: at once and in full, in part, or just now."""
    assert order.delivered_at, "only what was delivered is sent back"
    fate = dice.random()
    opened = order.delivered_at + timedelta(days=2, hours=3)
    if fate > 0.3 or opened > now:
        return
    reason = dice.choice(samples.RETURN_REASONS)
    closed = opened + REFUNDED_AFTER
    if closed > now:
        status = ReturnStatus.RECEIVED if opened + RECEIVED_AFTER <= now else ReturnStatus.OPEN
        _return(order.lines[0], status, reason, opened)
    elif fate < 0.03:
        _return(order.lines[0], ReturnStatus.REFUSED, reason, opened, closed)
    else:
        lines = order.lines[:1] if fate < 0.16 else order.lines
        for line in lines:
            _return(line, ReturnStatus.REFUNDED, reason, opened, closed)
        order.status = OrderStatus.RETURNED if len(lines) == len(order.lines) else OrderStatus.PARTLY_RETURNED


def _return(
    line: OrderLine, status: ReturnStatus, reason: str, opened: datetime, closed: datetime | None = None
) -> None:
    line.returns.append(
        Return(
            status=status,
            reason=reason,
            refund_cents=line.total_cents,
            opened_at=opened,
            closed_at=closed,
            idempotency_key=f"seed:return:{line.order.number}:{line.position}",
        )
    )


def _demo_order(demo: DemoOrder, customer: Customer, placed: datetime, now: datetime) -> Order:
    def day(days_ago: int) -> date:
        return day_of(now) - timedelta(days=days_ago)

    lines = [
        OrderLine(position=i, sku=sku, product=product, quantity=quantity, unit_cents=price)
        for i, (sku, product, quantity, price) in enumerate(demo.goods, 1)
    ]
    order = _order(demo.number, customer, placed, lines, carrier="Parcelforce")
    order.status, order.paid_at = demo.status, placed + timedelta(minutes=2)
    if demo.shipped is not None:
        order.packed_at, order.shipped_at = _at(day(demo.shipped), 8, 10), _at(day(demo.shipped), 17, 30)
    order.expected_on = day(demo.expected) if demo.expected is not None else None
    order.delivered_at = _at(day(demo.delivered), 13, 5) if demo.delivered is not None else None
    return order


def _tickets(orders: Sequence[Order], now: datetime) -> Iterator[Ticket]:
    """A few matters, of customers whom the documentation does not know."""
    known = {order.number for order in DEMO_ORDERS}
    about = [order for order in orders if order.number not in known][-60::5]
    for i, (order, summary) in enumerate(zip(about, samples.TICKETS, strict=True)):
        yield Ticket(
            customer_id=order.customer_id,
            order_number=order.number,
            urgency=Urgency.URGENT if i % 4 == 1 else Urgency.NORMAL,
            status=TicketStatus.CLOSED if i < 6 else TicketStatus.OPEN,
            summary=summary,
            opened_at=max(order.placed_at, now - timedelta(days=12 - i)),
            idempotency_key=f"seed:ticket:{i}",
        )


def _callbacks(slots: Sequence[CallbackSlot], customers: Sequence[Customer], now: datetime) -> Iterator[Callback]:
    """Every ninth time is taken."""
    for slot, customer in zip(slots[4::9], reversed(customers), strict=False):
        yield Callback(
            slot_id=slot.id,
            customer_id=customer.id,
            phone=customer.phone,
            topic="Wants to talk about a complaint.",
            booked_at=now - timedelta(hours=3),
            idempotency_key=f"seed:callback:{slot.starts_at:%Y%m%d%H%M}",
        )


def _not_sunday(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == 6 else day


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)
