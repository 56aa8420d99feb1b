"""How often people are rung: so often for a call, and for whoever calls again and again."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from switchboard.call.call import Call
from switchboard.call.origins import origin_of, origins_of
from switchboard.ledger.budget import Budget, SpentError, spend

log = structlog.get_logger(__name__)

RINGS = "rings"
ANSWER_SECONDS = 1.0


class Rings:
    """The rings of one call. A database that does not tell in time counts for the call only: a caller waits for us."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call
        self._rung = 0

    async def spend(self) -> bool:
        """One more ring; whether there is one left."""
        if self._rung >= self._call.desk.rings_per_call:
            return False
        self._rung += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._count()
        except SpentError:
            log.warning("a person was not rung: the caller has had people rung often enough", call=self._call.id)
            return False
        except (SQLAlchemyError, OSError) as error:
            log.warning("a ring was not counted: the database does not answer", error=type(error).__name__)
        return True

    async def _count(self) -> None:
        call, desk = self._call, self._call.desk
        budgets = [Budget(RINGS, f"call {origin_of(call)}", desk.rings_per_call)]
        budgets += [Budget(RINGS, origin, desk.rings_per_origin) for origin in origins_of(call)]
        pseudonyms, today = call.database.pseudonyms, datetime.now(UTC).date()
        await call.database.commit(lambda session: spend(session, pseudonyms, today, budgets))
