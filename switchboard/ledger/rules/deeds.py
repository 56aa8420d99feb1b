"""Words and deeds."""

from collections.abc import Iterator, Sequence

from switchboard.ledger.events import Event, SaidNotDone
from switchboard.ledger.rules.rule import rule


@rule("An agent said that something was done, and it was not.")
def said_not_done(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """What the call's own conscience has written."""
    for event in events:
        if isinstance(event, SaidNotDone):
            told = "; it was told so at once" if event.corrected else ""
            by = f" by {' or '.join(event.tools)}" if event.tools else ""
            yield event.at, f"{event.agent} claimed what had not been done{by}{told}."
