"""What a call has come to so far, from its events: while it runs, and if nobody wrote its digest."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.ledger.digest import Digest, digest
from switchboard.ledger.events import Event
from switchboard.ledger.prices import Prices
from switchboard.ledger.tables import EventRow
from switchboard.ledger.timeline import event_of

TELLING = ("answered", "handoff_done", "turn", "call_transferred", "person")
"""What a list has to read: neither words nor usage. So there is no cost in it, and nothing that rules find."""
NO_PRICES = Prices(())


def so_far(session: Session, ids: Sequence[str]) -> dict[str, Digest]:
    """That of each of these calls of which anything is known."""
    if not ids:
        return {}
    telling = select(EventRow).where(EventRow.call_id.in_(ids), EventRow.kind.in_(TELLING))
    events: dict[str, list[Event]] = {}
    for row in session.scalars(telling.order_by(EventRow.call_id, EventRow.seq)):
        events.setdefault(row.call_id, []).append(event_of(row))
    return {call: digest(each, NO_PRICES, ()) for call, each in events.items()}


NOTHING = digest((), NO_PRICES, ())
