"""Calling again, soon after a call broke off: where the line wants it, the caller begins where they were.

A number can be forged: it opens nothing of what was said or known, and leads only to the agent that had the caller. Who
has signed in is who they were: all but what was proved goes on.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from switchboard.call.resume import Past, Patience, past_of
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.ledger.standing import standing_of
from switchboard.ledger.timeline import last_of, story
from switchboard.pseudonyms import Pseudonyms

SHORTEST = 5
"""Digits of a number: what is shorter is a withheld one's, or an extension's, and many callers have it in common."""


@dataclass(frozen=True)
class Mark:
    """A pseudonym by which a caller is known again."""

    value: str
    sure: bool
    """Who has it is who they were."""

    @classmethod
    def of(cls, pseudonyms: Pseudonyms, source: Source, number: str | None) -> Self | None:
        """The mark of who has signed in, or else of the number that calls; None: nobody knows them again."""
        digits = "".join(filter(str.isdigit, number or ""))
        if source.identity:
            return cls(pseudonyms.of("signed-in caller", source.identity), sure=True)
        return cls(pseudonyms.of("calling number", digits), sure=False) if len(digits) >= SHORTEST else None


async def recall_caller(
    database: Database, mark: Mark, line: str, within: timedelta, patience: Patience | None = None
) -> Past | None:
    """Their last call on that line, if it broke off so recently; None as well where the database does not tell in time.

    Nobody is verified by it.
    """
    past = await (patience or Patience()).wait(database.look(_recall, mark, line, within), otherwise=None)
    if past is None or mark.sure:
        return past
    return Past("", past.agent, {}, None, (), same=False)


def _recall(session: Session, mark: Mark, line: str, within: timedelta) -> Past | None:
    last = last_of(session, mark.value, line)
    if last is None or standing_of(session, last.origin or "").over:
        return None
    events = story(session, last.id)
    if max(event.wall for event in events if event.wall) < datetime.now(UTC) - within:
        return None
    return replace(past_of(last.id, events, timedelta(0)), verified=None)
