"""In which calls something was said: those that are over are in an index, those that still run are read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, cast, column, exists, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from switchboard.ledger.tables import CallRow, EventRow
from switchboard.operate.search import Search
from switchboard.operate.traits import Trait, running

SPOKEN = ("caller_spoke", "agent_spoke", "person_spoke")
WORDS = table("call_words", column("id"), column("call_id"), column("words"))
INDEX = table("call_search", column("rowid"), column("call_search"))
"""SQLite's, over the words."""


def said(session: Session, search: Search) -> Trait:
    """That all of it was said; of a search that has something to look for."""
    being_said = _being_said(session, search)
    if session.get_bind().dialect.name == "postgresql":
        # of one call at a time: as EXISTS it could be read for all of them at once
        had = select(_matches(search)).where(WORDS.c.call_id == CallRow.id).correlate(CallRow).scalar_subquery()
        # its index knows of words, and not which of them follow one another
        return Trait(_with(_matches(search)), had, being_said, at_most=_with(_matches(search.apart)))
    found = WORDS.c.id.in_(select(INDEX.c.rowid).where(INDEX.c.call_search.op("MATCH")(search.fts5)))
    theirs = select(WORDS.c.id).where(WORDS.c.call_id == CallRow.id, found).correlate(CallRow)
    return Trait(_with(found), exists(theirs), being_said)


def _matches(search: Search) -> Any:
    return WORDS.c.words.op("@@", is_comparison=True)(cast(search.tsquery, TSQUERY))


def _with(found: Any) -> Select[str]:
    return select(WORDS.c.call_id).where(found)


def _being_said(session: Session, search: Search) -> Sequence[str]:
    text = EventRow.body["text"].as_string()
    theirs = EventRow.call_id.in_(running(session)), EventRow.kind.in_(SPOKEN)
    texts: dict[str, list[str]] = {}
    for call, said in session.execute(select(EventRow.call_id, text).where(*theirs).order_by(EventRow.seq)):
        texts.setdefault(call, []).append(said)
    return [call for call, each in texts.items() if search.is_in("\n".join(each))]
