"""Whether anything is still to come of a call: while it runs, and for a while after its end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from switchboard.ledger.events import Event, Recording

SETTLES = timedelta(minutes=1)
"""So long after its end a call may be written to: its worker closes it, and stores its recording."""


def is_settled(ended_at: datetime | None, events: Iterable[Event], now: datetime) -> bool:
    """Whether nothing comes any more. That its recording is stored comes last, if it comes at all."""
    if ended_at is None:
        return False
    return now - ended_at > SETTLES or any(isinstance(event, Recording) and event.stage == "stored" for event in events)
