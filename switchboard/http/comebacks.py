"""Coming back to calls: each resume token is good once, until the caller hangs up, and the database knows it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from switchboard.database import Database
from switchboard.http.errors import Refused, ResumeRefused
from switchboard.http.reaching import reaching_database
from switchboard.http.resume_tokens import ResumeToken
from switchboard.ledger.standing import Standing, change, hang_up, standing_of

ANSWER_SECONDS = 1.5
"""Then a caller is told that the database does not answer: a connection or a command would be waited for longer."""


class Comebacks:
    """Says which resume tokens are good still. Every method raises `DatabaseDown` when it cannot be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def using(self, token: ResumeToken, following: ResumeToken, attempt: str | None) -> AsyncIterator[None]:
        """The token is used up for the `following` one, which is answered after the block; not if the block refuses.

        Whoever names their `attempt` may try the same once more: the answer may have been lost. Raises `ResumeRefused`.
        """
        async with _reaching():
            before = await self._database.look(standing_of, token.call)
        after = replace(before, room=following.room, uses=following.uses, attempt=attempt)
        again = attempt is not None and (before.uses, before.attempt) == (after.uses, attempt)
        if before.over or (before.uses != token.uses and not again):
            raise ResumeRefused
        await self._change(token.call, before, after)
        try:
            yield
        except Refused:
            await self._change(token.call, after, before)
            raise

    async def hang_up(self, token: ResumeToken) -> str:
        """No token of the call is good any more; tells the room that it is in."""
        async with _reaching():
            return await hang_up(self._database, token.call, token.room)

    async def _change(self, call: str, before: Standing, after: Standing) -> None:
        async with _reaching():
            changed = await change(self._database, call, before, after, ANSWER_SECONDS)
        if not changed:  # somebody else was quicker
            raise ResumeRefused


@asynccontextmanager
async def _reaching() -> AsyncIterator[None]:
    with reaching_database():
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
