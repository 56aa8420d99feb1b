"""What an agent who takes a caller over has to read first: the price of a handoff."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchboard.ledger.events import Event, HandoffDone, Used


@dataclass(frozen=True)
class Reading:
    """The first answer of an agent who was handed the caller: its tokens of input, and how many came from the cache."""

    agent: str
    tokens: float
    cached: float


def readings(events: Iterable[Event]) -> list[Reading]:
    """One for each handoff whose next agent has answered, in order."""
    waiting: str | None = None
    found = []
    for event in events:
        if isinstance(event, HandoffDone):
            waiting = event.target
        elif isinstance(event, Used) and event.work == "answer" and event.agent == waiting:
            given = {unit: amount for unit, amount in event.units.items() if "_in" in unit}
            cached = sum(amount for unit, amount in given.items() if unit.endswith("_cached"))
            found.append(Reading(event.agent, sum(given.values()), cached))
            waiting = None
    return found
