"""The business before and after a call: rows that a scenario changes, and rows that it looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, delete, insert, select, update

from rehearsal.scenario import Change, InDays, Rows, Value
from switchboard.database import Database


class Books:
    """The tables of the business, as they stand at `now`."""

    def __init__(self, tables: Mapping[str, Table], now: datetime) -> None:
        self._tables = tables
        self._now = now

    async def change(self, database: Database, changes: Sequence[Change]) -> None:
        """Before the call."""
        async with database.write() as session:
            for each in changes:
                table = self._tables[each.table]
                values = {name: self._meant(table.c[name], value) for name, value in each.to.items()}
                which = self._which(table, each.where)
                if each.add:
                    await session.execute(insert(table).values(values))
                elif each.change:
                    await session.execute(update(table).where(*which).values(values))
                else:
                    await session.execute(delete(table).where(*which))

    async def found(self, database: Database, wanted: Rows) -> Sequence[Row[Any]]:
        """After it."""
        table = self._tables[wanted.table]
        async with database.read() as session:
            return (await session.execute(select(table).where(*self._which(table, wanted.where)))).all()

    def _which(self, table: Table, where: Mapping[str, Value]) -> list[ColumnElement[bool]]:
        return [table.c[name] == self._meant(table.c[name], value) for name, value in where.items()]

    def _meant(self, column: Column[Any], value: Value) -> Any:
        if not isinstance(value, InDays):
            return value
        moment = self._now + timedelta(days=value.days)
        return moment.date() if column.type.python_type is date else moment
