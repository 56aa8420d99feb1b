"""What `alembic revision --autogenerate` compares: the tables of the branch that it is asked for, and no others."""

from collections.abc import Mapping
from typing import Any, Literal

from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, TypeDecorator

from switchboard.columns import ENGINE


class Branches:
    """The tables of the engine and of each business, by the label of their branch."""

    def __init__(self, engine: MetaData, businesses: Mapping[str, MetaData]) -> None:
        self._branches = {ENGINE: engine, **businesses}

    @property
    def tables(self) -> list[MetaData]:
        """Those of all branches."""
        return list(self._branches.values())

    def include(
        self, context: MigrationContext, _item: Any, name: str | None, kind: str, _found: bool, _other: Any
    ) -> bool:
        """Whether it is of the branch at hand. A table that no model describes (any more) is nobody's."""
        return kind != "table" or name in self._at_hand(context)

    def render(self, kind: str, item: Any, _context: Any) -> str | Literal[False]:
        """Our own column types as what they are to the database: migrations outlive them. False: as Alembic does."""
        if kind == "type" and isinstance(item, TypeDecorator):
            return f"sa.{item.impl_instance!r}"
        return False

    def _at_hand(self, context: MigrationContext) -> set[str]:
        asked = context.opts["revision_context"].command_args
        label = asked["branch_label"] or asked["head"].partition("@")[0]
        chosen = [self._branches[label]] if label in self._branches else self.tables
        return {name for metadata in chosen for name in metadata.tables}
