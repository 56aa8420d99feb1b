"""Workers say that they are alive, and how full they are, in a row each."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self

import structlog
from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from switchboard.columns import UtcDateTime
from switchboard.database import Database
from switchboard.ledger.ledger import AWAY
from switchboard.ledger.tables import WorkerRow
from switchboard.upsert import insert_into

log = structlog.get_logger(__name__)

SECONDS = 5.0
"""How often they say it."""
GONE = timedelta(seconds=20)
"""Whoever has not said it for so long is gone."""
KEPT = timedelta(days=1)
"""The row of a worker that was killed."""
FAREWELL_SECONDS = 2.0


def clock(session: Session | AsyncSession) -> ColumnElement[datetime]:
    """The time by the database's clock: those of its workers may differ."""
    if session.get_bind().dialect.name == "postgresql":
        return func.now(type_=UtcDateTime())
    return literal(datetime.now(UTC), UtcDateTime())  # its file is on this machine


def time_at(session: Session) -> datetime:
    """What it is by the database's clock."""
    now: datetime = session.execute(select(clock(session))).scalar_one()
    return now


def alive(session: Session, now: datetime) -> list[WorkerRow]:
    """Those who have said so lately, by their ids."""
    return list(session.scalars(select(WorkerRow).where(there(now)).order_by(WorkerRow.id)))


def there(now: datetime) -> ColumnElement[bool]:
    """Whether a worker of `workers` has said so lately."""
    return WorkerRow.seen_at > now - GONE


class Beat:
    """Writes the row of one worker while the block lasts. A database that is away costs nothing but the row.

    `calls` counts those that it has.
    """

    def __init__(self, database: Database, worker: str, calls: Callable[[], int], most: int) -> None:
        self._database = database
        self._worker = worker
        self._calls = calls
        self._most = most
        self._told = False
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat(), name="worker's row")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._beating
        self._beating.cancel()
        await asyncio.wait([self._beating])
        with suppress(*AWAY, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS), self._database.write() as session:
                await session.execute(delete(WorkerRow).where(WorkerRow.id == self._worker))

    async def _beat(self) -> None:
        while True:
            try:
                await self._write()
                self._told = False
            except AWAY as error:
                if not self._told:
                    log.warning("the worker's row waits for the database", error=type(error).__name__)
                self._told = True
            await asyncio.sleep(SECONDS)

    async def _write(self) -> None:
        async with self._database.write() as session:
            now = clock(session)
            row = {"calls": self._calls(), "most": self._most, "seen_at": now}
            written = insert_into(session, WorkerRow).values(id=self._worker, **row)
            await session.execute(written.on_conflict_do_update(index_elements=["id"], set_=row))
            await session.execute(delete(WorkerRow).where(WorkerRow.seen_at < datetime.now(UTC) - KEPT))
