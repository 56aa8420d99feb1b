"""The businesses of all lines, which share one database: no two of them may have a name or a table in common."""

from collections.abc import Iterable

from switchboard.columns import ENGINE
from switchboard.ledger.tables import Base
from switchboard.line.business import Business, BusinessError
from switchboard.line.workflow import Workflow


def businesses_of(lines: Iterable[Workflow]) -> tuple[Business, ...]:
    """Each business once, in the order of the lines. Raises `BusinessError` for two that cannot be side by side."""
    found = tuple(dict.fromkeys(line.business for line in lines if line.business))
    names = [business.name for business in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BusinessError(f"two businesses are named {twice}; lines of one business name the same value")
    owners = dict.fromkeys(Base.metadata.tables, ENGINE)
    for business in found:
        for table in business.tables.tables:
            if (owner := owners.setdefault(table, business.name)) != business.name:
                raise BusinessError(f"business {business.name}: its table {table} is {owner}'s too; rename it")
    return found
