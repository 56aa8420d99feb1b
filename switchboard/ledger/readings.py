"""What an agent who takes a caller over has to read first: the price of a handoff."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchboard.ledger.events import Event, HandoffDone, Used


@dataclass(frozen=True)
class Reading:
    """The first answer of an agent who was handed the caller: all that went into it."""

    source: str
    target: str
    given: Used
    """Its units of input alone."""

    @property
    def tokens(self) -> float:
        """How much there was to read."""
        return sum(self.given.units.values())

    @property
    def cached(self) -> float:
        """How much of it came from the service's cache."""
        return sum(amount for unit, amount in self.given.units.items() if unit.endswith("_cached"))


def readings(events: Iterable[Event]) -> list[Reading]:
    """One for each handoff whose next agent has answered, in order."""
    waiting: HandoffDone | None = None
    found = []
    for event in events:
        if isinstance(event, HandoffDone):
            waiting = event
        elif isinstance(event, Used) and event.work == "answer" and waiting and event.agent == waiting.target:
            given = {unit: amount for unit, amount in event.units.items() if "_in" in unit}
            found.append(Reading(waiting.source, waiting.target, event.model_copy(update={"units": given})))
            waiting = None
    return found
