"""Callers who found no place, by day (UTC): the ledger has no call of theirs."""

from datetime import date
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.background import Background
from switchboard.database import Database
from switchboard.ledger.budget import add
from switchboard.ledger.ledger import AWAY
from switchboard.ledger.tables import SpentRow
from switchboard.ledger.workers import time_at

log = structlog.get_logger(__name__)

KEY = "turned away"
"""No pseudonym is written like that."""


class TurnedAway:
    """Counts them. Who is turned away waits for nobody; a database that is away costs the count and nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._background = Background(lambda: None)
        self._new = 0
        self._counts = False

    def note(self) -> None:
        """One more. When a line is overrun, those that come meanwhile are written together."""
        self._new += 1
        if not self._counts:
            self._counts = True
            self._background.run(self._count(), "count who is turned away")

    async def aclose(self) -> None:
        """Give up what is not written."""
        await self._background.aclose()

    async def _count(self) -> None:
        try:
            while self._new:
                new, self._new = self._new, 0
                await self._database.commit(partial(_add, new))
        except AWAY as error:
            log.warning("callers who were turned away are not counted", error=type(error).__name__)
        finally:
            self._counts = False


def _add(times: int, session: Session) -> None:
    add(session, KEY, time_at(session).date(), times)


def turned_away(session: Session, day: date) -> int:
    """How many found no place on that day."""
    times = select(SpentRow.times).where(SpentRow.key == KEY, SpentRow.day == day)
    return session.scalar(times) or 0
