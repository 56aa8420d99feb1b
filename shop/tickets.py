"""Tickets: what a colleague has to look into."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shop import orders
from shop.customers import Account
from shop.models import Ticket, TicketStatus, Urgency
from shop.once import add_once


async def open_ticket(
    session: AsyncSession,
    account: Account | None,
    *,
    summary: str,
    key: str,
    now: datetime,
    order_number: int | None = None,
    phone: str | None = None,
    briefing: str | None = None,
    urgency: Urgency = Urgency.NORMAL,
) -> Ticket:
    """Open a ticket, once for each idempotency key. Raises OrderNotFoundError.

    Without an account it is a stranger's: it needs a phone number, and no order can be tied to it.
    """
    if account is None and (order_number is not None or not phone):
        raise ValueError("a stranger's ticket takes a phone number and no order")
    if account and order_number is not None:
        await orders.find(session, account, order_number)
    ticket = Ticket(
        customer_id=account.customer_id if account else None,
        order_number=order_number,
        urgency=urgency,
        status=TicketStatus.OPEN,
        summary=summary,
        briefing=briefing,
        phone=phone,
        opened_at=now,
        idempotency_key=key,
    )
    return await add_once(session, ticket)
