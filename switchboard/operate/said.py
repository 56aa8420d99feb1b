"""In which calls something was said: those that are over are in an index, those that still run are read."""

from sqlalchemy import Select, cast, column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.ledger.tables import CallRow, EventRow
from switchboard.operate.search import Search

SPOKEN = ("caller_spoke", "agent_spoke", "person_spoke")
WORDS = table("call_words", column("id"), column("call_id"), column("words"))
INDEX = table("call_search", column("rowid"), column("call_search"))
"""SQLite's, over the words."""


def said(search: Search, dialect: str) -> Select[str]:
    """The ids of the calls that are over in which all of it was said; of a search that has something to look for."""
    if dialect == "postgresql":
        return select(WORDS.c.call_id).where(WORDS.c.words.op("@@")(cast(search.tsquery, TSQUERY)))
    found = select(INDEX.c.rowid).where(INDEX.c.call_search.op("MATCH")(search.fts5))
    return select(WORDS.c.call_id).where(WORDS.c.id.in_(found))


async def being_said(session: AsyncSession, search: Search) -> list[str]:
    """The ids of the calls that still run, in which all of it has been said."""
    spoken = EventRow.kind.in_(SPOKEN)
    query = select(EventRow.call_id, EventRow.body["text"].as_string()).join(CallRow, CallRow.id == EventRow.call_id)
    texts: dict[str, list[str]] = {}
    for call, text in await session.execute(query.where(CallRow.ended_at.is_(None), spoken).order_by(EventRow.seq)):
        texts.setdefault(call, []).append(text)
    return [call for call, each in texts.items() if search.is_in("\n".join(each))]
