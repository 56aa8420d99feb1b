"""What a rule finds in a call, and how several are asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from switchboard.ledger.events import Event


@dataclass(frozen=True)
class Finding:
    """A rule has struck, at that second of the call. The `sentence` has no words of a caller in it."""

    rule: str
    at: float
    sentence: str


Rule = Callable[[Sequence[Event]], Iterable[Finding]]
"""What it finds in the events of a whole call, or of one that still runs."""


def findings(events: Sequence[Event], rules: Iterable[Rule]) -> list[Finding]:
    """What all of the rules find, in the order of the call."""
    return sorted((found for rule in rules for found in rule(events)), key=lambda found: found.at)
