"""What stands behind a line: tables of its own in the one database, and what commands do with them."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.columns import ENGINE
from switchboard.pseudonyms import Pseudonyms

Send = Callable[[str, str], None]
"""Sends to an address, such as an e-mail's, a code."""


class BusinessError(ValueError):
    """A business that cannot work; the message names it."""


@dataclass(frozen=True)
class Whom:
    """Whose words: of one call, of all calls from a number, or of all in which an account was proved."""

    call: str | None = None
    caller: str | None = None
    """A number as the network writes it: "+447700900123"."""
    account: str | None = None
    """The business's own id of a customer."""
    business: str | None = None
    """Whose account that is; None: where there is one business only."""


class Belongings(Protocol):
    """What a business keeps of callers beside the ledger, in the same database."""

    async def calls(self, session: AsyncSession, whom: Whom) -> set[str]:
        """The origins of calls in which they had something written down."""

    async def erase(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> Mapping[str, int]:
        """Remove what is theirs, or was written down in calls of those origins; so much of what ("callbacks")."""


class Accounts(Protocol):
    """The customers of a business, as operators name them, and how they are let in again after failed tries."""

    @property
    def named_by(self) -> Sequence[str]:
        """What an account can be named by, in words: "order number"."""

    async def find(self, session: AsyncSession, said: str) -> str | None:
        """The id of the account that is meant; None: there is none."""

    async def unlock(self, session: AsyncSession, pseudonyms: Pseudonyms, said: str) -> int | None:
        """Forget the failed tries at an account, and tell how many counts; None: no account is written like that."""

    async def unlock_origin(self, session: AsyncSession, pseudonyms: Pseudonyms, kind: str, value: str) -> int:
        """The same for a "number", an "address" or a "call", as the business has counted it."""


@dataclass(frozen=True)
class Business:
    """Raises `BusinessError` for a name that is none."""

    name: str
    """The label of its branch of migrations: lower-case letters, digits and underscores."""
    tables: MetaData
    migrations: Path
    """The folder with its revisions, the first of which has the label."""
    seed: Callable[[AsyncSession, datetime], Awaitable[object]] | None = None
    """Fills its tables with an example, once; what it returns says, as text, what was added."""
    belongings: Callable[[Pseudonyms], Belongings] | None = None
    """What is erased with a caller; None: it keeps nothing of them."""
    accounts: Accounts | None = None
    private: Callable[[AsyncSession], Awaitable[Collection[str]]] | None = None
    """What it knows of its customers: words that nobody may be told who is not verified."""
    post: Callable[[Send], AbstractContextManager[None]] | None = None
    """Within the block, what customers are sent goes to another sender: for calls that are only tried out."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise BusinessError(f"business {self.name!r}: the name must be lower-case letters, digits and underscores")
        if self.name == ENGINE:
            raise BusinessError(f"business {self.name}: the engine has that name; give it another one")
