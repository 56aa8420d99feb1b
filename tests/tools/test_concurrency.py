"""Two callers at once do not stand in each other's way."""

import asyncio

from sqlalchemy import func, select

from shop import orders
from shop.demo import DANIEL, PRIYA
from shop.models import Return, Ticket
from switchboard.database import Database
from tests.shop.rows import NOW
from tests.tools.phone import PLENTY, known, ring
from tools.access import account_of
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.returns import start_return
from tools.tickets import open_ticket
from tools.verification import verify_caller

PATIENCE = 5.0  # seconds; a caller who is blocked waits for longer


async def test_while_one_caller_writes_another_who_is_verified_reads(seeded: Database) -> None:
    # To be verified is to write: a try is counted before anybody learns what became of it.
    amelia, other = await known(seeded), ring(seeded)
    await verify_caller(other, order_number="10066", postcode=DANIEL.postcode)
    async with seeded.write() as session:
        await orders.cancel(session, account_of(amelia.userdata), 10187, key="k", now=NOW)
        await session.flush()
        async with asyncio.timeout(PATIENCE):
            await find_order(other)
            await list_recent_orders(other)
            # The writer's own order too: as it was before.
            assert "It can still be cancelled" in await find_order(amelia, order_number="10187")


async def test_while_one_caller_writes_another_writes(seeded: Database) -> None:
    amelia, daniel = await known(seeded), await known(seeded, DANIEL)
    writing, written = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with seeded.write() as session:
            await orders.cancel(session, account_of(amelia.userdata), 10187, key="k", now=NOW)
            await session.flush()
            writing.set()
            # SQLite has one writer: there the other caller's turn comes after this one's.
            if session.get_bind().dialect.name == "postgresql":
                await written.wait()

    async def quick() -> str:
        await writing.wait()
        answer = await start_return(daniel, order_number="10154", reason="chipped", item="vase")
        written.set()
        return answer

    async with asyncio.timeout(PATIENCE):
        _, answer = await asyncio.gather(slow(), quick())

    assert answer.startswith("The return of a glass vase")


async def test_many_callers_at_once_all_get_their_answers(seeded: Database) -> None:
    async def call(i: int) -> None:
        ctx = await known(seeded, (DANIEL, PRIYA)[i % 2], PLENTY)
        await list_recent_orders(ctx)
        await open_ticket(ctx, summary="The parcel is open.")

    async with seeded.read() as session:
        before = await session.scalar(select(func.count()).select_from(Ticket)) or 0
    await asyncio.gather(*(call(i) for i in range(30)))
    async with seeded.read() as session:
        assert await session.scalar(select(func.count()).select_from(Ticket)) == before + 30


async def test_a_cancellation_and_a_return_at_once_leave_one_of_them(seeded: Database) -> None:
    async with seeded.read() as session:
        before = await session.scalar(select(func.count()).select_from(Return))
    results = await asyncio.gather(
        cancel_order(await known(seeded), order_number="10187"),
        start_return(await known(seeded), order_number="10187", reason="changed my mind"),
        return_exceptions=True,
    )

    assert isinstance(results[0], str)
    assert isinstance(results[1], Exception)
    async with seeded.read() as session:
        assert await session.scalar(select(func.count()).select_from(Return)) == before
