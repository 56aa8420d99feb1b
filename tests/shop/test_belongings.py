"""What the shop took down for a caller is erased, and nothing of others."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop import callbacks, returns, tickets
from shop.belongings import Belongings
from shop.codes import Codes
from shop.customers import Account
from shop.models import Callback, Return, SignIn, Ticket, VerificationCode
from switchboard.database import Database
from switchboard.line.business import Whom
from tests.shop.rows import DAY, NOW, add_customer, add_order, add_slot

NUMBER = "+447700900128"
OTHER = "+447700900777"


async def fill(database: Database, session: AsyncSession, name: str, phone: str) -> str:
    """An account with something of every kind, taken down in the call `name`; its id."""
    account = await add_customer(session, name)
    number = 10001 + len((await session.scalars(select(Callback.id))).all())
    await add_order(session, account, number=number)
    slot = await add_slot(session, NOW + (1 + number) * DAY)
    told: dict[str, Any] = {"now": NOW, "phone": phone}
    topic = f"topic of {name}"
    await callbacks.book(session, account, slot, topic=topic, key=f"{name}:book_callback", briefing=topic, **told)
    summary = f"summary of {name}"
    await tickets.open_ticket(session, None, summary=summary, key=f"{name}:open_ticket:1", briefing=summary, **told)
    await returns.start(
        session, account, number, item="everything", reason=f"reason of {name}", key=f"{name}:start_return:2", now=NOW
    )
    await Codes(session, database.pseudonyms, name, NOW).make(None)
    session.add(SignIn(identity=f"identity of {name}", customer_id=account.customer_id))
    return str(account.customer_id)


async def left(session: AsyncSession) -> dict[str, list[Any]]:
    """The words that are there still."""
    columns = {
        "topics": Callback.topic,
        "summaries": Ticket.summary,
        "reasons": Return.reason,
        "signed in": SignIn.identity,
        "codes": VerificationCode.call,
    }
    found = {what: [each for each in await session.scalars(select(column)) if each] for what, column in columns.items()}
    assert len(found["topics"]) == len(found["codes"])
    return found


@pytest.mark.parametrize("by", ["call", "caller", "account"])
async def test_what_was_taken_down_for_somebody_is_erased_and_nothing_of_others(database: Database, by: str) -> None:
    belongings = Belongings(database.pseudonyms)
    async with database.write() as session:
        account = await fill(database, session, "one", NUMBER)
        await fill(database, session, "two", OTHER)
    whom = {"call": Whom(call="one"), "caller": Whom(caller=NUMBER), "account": Whom(account=account)}[by]
    async with database.write() as session:
        origins = await belongings.calls(session, whom) or {"one"}
        done = await belongings.erase(session, whom, origins)
        again = await belongings.erase(session, whom, origins)

    assert origins == {"one"}
    assert done == {"callbacks": 1, "tickets": 1, "reasons of returns": 1}
    assert set(again.values()) == {0}
    async with database.read() as session:
        words = await left(session)
        ticket = (await session.scalars(select(Ticket).where(Ticket.summary == ""))).one()
        free = await callbacks.free(session, NOW)
    assert words | {"codes": []} == {
        "topics": ["topic of two"],
        "summaries": ["summary of two"],
        "reasons": ["reason of two"],
        "signed in": ["identity of two"] if by == "account" else ["identity of one", "identity of two"],
        "codes": [],
    }
    assert (ticket.phone, ticket.briefing, ticket.status, ticket.idempotency_key) == (None, None, "closed", "erased:1")
    assert len(free) == 1, "their time is free for others"


async def test_an_account_finds_the_calls_in_which_something_was_taken_down(database: Database) -> None:
    async with database.write() as session:
        account: Account = await add_customer(session, "ada")
        slot = await add_slot(session, NOW + DAY)
        await callbacks.book(session, account, slot, phone=OTHER, topic="t", key="room-1:book_callback", now=NOW)
        found = await Belongings(database.pseudonyms).calls(session, Whom(account=str(account.customer_id)))

    assert found == {"room-1"}
