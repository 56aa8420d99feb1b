import asyncio

import pytest
from livekit.agents import ToolError
from sqlalchemy import func, select

from shop.demo import AMELIA
from shop.models import Ticket, Urgency
from switchboard.database import Database
from tests.tools.phone import known, ring
from tools.briefing import write_briefing
from tools.tickets import open_ticket, open_urgent_ticket


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Ticket)) or 0


async def newest(database: Database) -> Ticket:
    async with database.read() as session:
        return (await session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1))).one()


async def test_a_ticket_says_its_number_and_when_it_is_answered(seeded: Database) -> None:
    answer = await open_ticket(await known(seeded), summary="The drawer sticks.", order_number="10042")
    ticket = await newest(seeded)

    assert answer == (
        f"The ticket is open; its number is {ticket.number}. A colleague answers within two working days."
    )
    assert (ticket.order_number, ticket.urgency, ticket.summary) == (10042, Urgency.NORMAL, "The drawer sticks.")
    assert ticket.customer_id is not None


async def test_an_urgent_ticket_carries_the_briefing(seeded: Database) -> None:
    ctx = await known(seeded)
    await write_briefing(ctx, problem="The desk is scratched.", wish="A new one.", tried="A photo was sent.")
    answer = await open_urgent_ticket(ctx, summary="A scratched desk.", order_number="10042")
    ticket = await newest(seeded)

    assert "within four working hours" in answer
    assert ticket.urgency == Urgency.URGENT
    assert ticket.briefing is not None
    assert ticket.briefing.startswith(
        f"{ctx.userdata.caller.standing}\nProblem: The desk is scratched.\nWish: A new one.\nTried: A photo was sent."
    )


@pytest.mark.parametrize("tool", [open_ticket, open_urgent_ticket])
async def test_said_again_it_is_the_same_ticket(seeded: Database, tool: type(open_ticket)) -> None:  # type: ignore[valid-type]
    ctx, before = await known(seeded), await rows(seeded)
    first = await tool(ctx, summary="The drawer sticks!", order_number="10042")
    again = await tool(ctx, summary="the drawer  sticks", order_number="1 0 0 4 2")
    at_once = await asyncio.gather(*(tool(ctx, summary="The drawer sticks", order_number="10042") for _ in range(4)))

    assert {first, again, *at_once} == {first}
    assert await rows(seeded) == before + 1


async def test_another_matter_and_another_call_are_other_tickets(seeded: Database) -> None:
    ctx, before = await known(seeded), await rows(seeded)
    await open_ticket(ctx, summary="The drawer sticks.")
    await open_ticket(ctx, summary="The lamp flickers.")
    await open_ticket(await known(seeded), summary="The drawer sticks.")

    assert await rows(seeded) == before + 3


async def test_a_stranger_is_asked_for_a_number_first(seeded: Database) -> None:
    before = await rows(seeded)
    with pytest.raises(ToolError, match="Ask for a phone number"):
        await open_ticket(ring(seeded), summary="Nobody answers.")

    assert await rows(seeded) == before


async def test_a_strangers_ticket_belongs_to_no_account(seeded: Database) -> None:
    await open_ticket(ring(seeded), summary="Late.", order_number="10042", phone="07700 900999")
    ticket = await newest(seeded)

    assert (ticket.customer_id, ticket.order_number, ticket.phone) == (None, None, "+447700900999")
    assert ticket.summary == "Late. (Not verified; says it is about order 10042.)"


async def test_the_number_that_calls_is_good_enough_to_answer_to(seeded: Database) -> None:
    await open_ticket(ring(seeded, number=AMELIA.phone), summary="Late.")
    ticket = await newest(seeded)

    assert (ticket.customer_id, ticket.phone) == (None, AMELIA.phone)


async def test_a_ticket_that_says_nothing_is_not_opened(seeded: Database) -> None:
    with pytest.raises(ToolError, match="Ask what the ticket shall say"):
        await open_ticket(await known(seeded), summary="  ")
