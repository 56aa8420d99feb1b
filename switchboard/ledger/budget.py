"""Budgets: how often something may be had in a day (UTC), counted in the database for all calls and workers together.

What is spent counts with the transaction that it is spent in: work that fails costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from switchboard.ledger.tables import SpentRow
from switchboard.pseudonyms import Pseudonyms
from switchboard.upsert import insert_into


@dataclass(frozen=True)
class Budget:
    """`most` of `what` in a day for `who`, which is kept as a pseudonym."""

    what: str
    who: str
    most: int


class SpentError(Exception):
    """A budget is used up."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(f"no more of {budget.what} today")
        self.budget = budget


class Purse:
    """Spends within one transaction of `session`, at the time `now`."""

    def __init__(self, session: AsyncSession, pseudonyms: Pseudonyms, now: datetime) -> None:
        self._session = session
        self._pseudonyms = pseudonyms
        self._day = now.date()

    async def spend(self, budgets: Iterable[Budget]) -> None:
        """Spend one of each. Raises `SpentError`: the transaction is then to be given up."""
        await self._session.run_sync(spend, self._pseudonyms, self._day, budgets)

    async def queue(self, what: str, who: str) -> None:
        """Wait until nobody else is in a transaction with the same `what` and `who`; nothing is spent."""
        await self._session.run_sync(add, self._pseudonyms.of(what, who), self._day, 0)


def spend(session: Session, pseudonyms: Pseudonyms, day: date, budgets: Iterable[Budget]) -> None:
    """One of each. Raises `SpentError`: the transaction is then to be given up."""
    # Always in one order: two that share more than one budget would wait for each other.
    for budget in sorted(budgets, key=lambda each: (each.what, each.who)):
        if not add(session, pseudonyms.of(budget.what, budget.who), day, 1, SpentRow.times < budget.most):
            raise SpentError(budget)


def add(session: Session, key: str, day: date, times: int, where: Any = None) -> bool:
    """So many times more of that on that day; False, and none: it is not so that `where`."""
    row = {"key": key, "day": day, "times": times}
    more = {"times": SpentRow.times + times}
    insert = insert_into(session, SpentRow).values(row)
    added = insert.on_conflict_do_update(index_elements=["key", "day"], set_=more, where=where)
    return session.scalar(added.returning(SpentRow.times)) is not None
