"""Coming back to calls: each ticket is good once, until the caller hangs up, and the database knows it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from switchboard.database import Database
from switchboard.http.errors import Refused, TicketRefused
from switchboard.http.reaching import reaching_database
from switchboard.http.tickets import Ticket
from switchboard.ledger.standing import Standing, change, hang_up, standing_of

ANSWER_SECONDS = 1.5
"""Then a caller is told that the database does not answer: a connection or a command would be waited for longer."""


class Comebacks:
    """Says which tickets are good still. Every method raises `DatabaseDown` when it cannot be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def using(self, ticket: Ticket, following: Ticket, attempt: str | None) -> AsyncIterator[None]:
        """The ticket is used up for the `following` one, which is answered after the block; not if the block refuses.

        Whoever names their `attempt` may try the same once more: the answer may have been lost. Raises `TicketRefused`.
        """
        async with _reaching():
            before = await standing_of(self._database, ticket.call)
        after = replace(before, room=following.room, uses=following.uses, attempt=attempt)
        again = attempt is not None and (before.uses, before.attempt) == (after.uses, attempt)
        if before.over or (before.uses != ticket.uses and not again):
            raise TicketRefused
        await self._change(ticket.call, before, after)
        try:
            yield
        except Refused:
            await self._change(ticket.call, after, before)
            raise

    async def hang_up(self, ticket: Ticket) -> str:
        """No ticket of the call is good any more; tells the room that it is in."""
        async with _reaching():
            return await hang_up(self._database, ticket.call, ticket.room)

    async def _change(self, call: str, before: Standing, after: Standing) -> None:
        async with _reaching():
            changed = await change(self._database, call, before, after)
        if not changed:  # somebody else was quicker
            raise TicketRefused


@asynccontextmanager
async def _reaching() -> AsyncIterator[None]:
    with reaching_database():
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
