"""Taking somebody's words out of a call, for good: what is left tells how the call went, and of nobody."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from switchboard.ledger.events import Event
from switchboard.ledger.notices import announce
from switchboard.ledger.tables import CallRow, DigestRow, EventRow, FindingRow

KEPT = frozenset((
    "answered", "speaks", "turn", "repeated", "handoff_asked", "handoff_done", "call_transferred", "person", "used",
    "verification_held", "rescue", "recovered", "erased", "ended",
))  # fmt: skip
"""Events of names, times and numbers. A new kind goes with the words, until it is known to hold none."""
FIRST = 0
"""The place of `erased`: before all others, so that it is found at once and is in nobody's way."""


def wordless(events: list[Event]) -> list[Event]:
    """Those that may be kept of an erased call, as they may be."""
    return [
        event.model_copy(update={"caller": None} if event.kind == "answered" else {})
        for event in events
        if event.kind in KEPT
    ]


def is_erased(session: Session, call_id: str) -> bool:
    """Whether nothing of what is said in the call is kept any more."""
    return session.get(EventRow, (call_id, FIRST)) is not None


def take_words(session: Session, call_id: str) -> int:
    """Take all words out of the call, for this transaction and whatever is still to come; tells out of how many events.

    Whoever writes events of the call meanwhile comes before this or after it.
    """
    call = session.get(CallRow, call_id, with_for_update=True)
    if call is None:
        return 0
    call.caller = None
    call.revision += 1
    announce(session, call_id)
    theirs = EventRow.call_id == call_id
    gone = session.execute(delete(EventRow).where(theirs, EventRow.kind.not_in(KEPT)).returning(EventRow.seq))
    for row in session.scalars(select(EventRow).where(theirs, EventRow.kind == "answered")):
        row.body = row.body | {"caller": None}
    session.execute(update(DigestRow).where(DigestRow.call_id == call_id).values(caller=None))
    session.execute(update(FindingRow).where(FindingRow.call_id == call_id).values(sentence=""))
    if not is_erased(session, call_id):
        session.add(EventRow(call_id=call_id, seq=FIRST, kind="erased", at=0.0, wall=datetime.now(UTC), body={}))
    return len(gone.all())
