import asyncio

import pytest
from sqlalchemy import func, select

from shop import tickets
from shop.customers import Account
from shop.errors import OrderNotFoundError
from shop.models import Ticket, Urgency
from switchboard.database import Database
from tests.shop.rows import NOW, add_customer, add_order


async def open_ticket(database: Database, account: Account | None, key: str = "k", phone: str | None = None) -> int:
    async with database.write() as session:
        ticket = await tickets.open_ticket(
            session, account, summary="A screw is missing.", key=key, now=NOW, phone=phone
        )
        return ticket.number


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Ticket)) or 0


async def test_a_ticket_is_opened_for_an_order(database: Database) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account)
        await tickets.open_ticket(
            session, account, summary="Late.", key="k", now=NOW, order_number=10001, urgency=Urgency.URGENT
        )
    async with database.read() as session:
        ticket = await session.scalar(select(Ticket))

    assert ticket is not None
    assert (ticket.customer_id, ticket.order_number, ticket.urgency) == (account.customer_id, 10001, Urgency.URGENT)


async def test_a_ticket_about_another_accounts_order_is_not_opened(database: Database) -> None:
    async with database.write() as session:
        await add_order(session, await add_customer(session))
        stranger = await add_customer(session, "bob")
    with pytest.raises(OrderNotFoundError):
        async with database.write() as session:
            await tickets.open_ticket(session, stranger, summary="Late.", key="k", now=NOW, order_number=10001)

    assert await rows(database) == 0


async def test_asked_for_again_it_is_the_same_ticket(database: Database) -> None:
    assert await open_ticket(database, None, phone="+44") == await open_ticket(database, None, phone="+44")
    assert await rows(database) == 1


async def test_asked_for_many_times_at_once_it_is_the_same_ticket(database: Database) -> None:
    numbers = await asyncio.gather(*(open_ticket(database, None, phone="+44") for _ in range(5)))

    assert len(set(numbers)) == 1
    assert await rows(database) == 1


async def test_twenty_callers_at_once_get_twenty_tickets(database: Database) -> None:
    numbers = await asyncio.gather(*(open_ticket(database, None, key=f"k{i}", phone="+44") for i in range(20)))

    assert len(set(numbers)) == 20
    assert await rows(database) == 20


async def test_a_stranger_needs_a_phone_number_and_can_name_no_order(database: Database) -> None:
    with pytest.raises(ValueError, match="phone number"):
        await open_ticket(database, None)
    async with database.write() as session:
        with pytest.raises(ValueError, match="no order"):
            await tickets.open_ticket(session, None, summary="", key="k", now=NOW, order_number=10001, phone="+44")
