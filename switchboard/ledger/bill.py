"""What a call has cost: all of it, by agent, and what each handoff gave the next agent to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.ledger.events import Event, Used
from switchboard.ledger.prices import Cost, Prices
from switchboard.ledger.readings import Reading, readings


@dataclass(frozen=True)
class HandoffCost:
    """What it cost that the next agent had to read, before its first word."""

    reading: Reading
    cost: Cost

    def json(self) -> dict[str, Any]:
        """As pages and exports read it."""
        read = self.reading
        who = {"source": read.source, "target": read.target, "tokens": read.tokens, "cached": read.cached}
        return who | self.cost.json()


@dataclass(frozen=True)
class Bill:
    """`agents` in the order in which they had something to pay for; a person who was briefed is one of them."""

    total: Cost
    agents: Mapping[str, Cost]
    handoffs: Sequence[HandoffCost]

    def json(self) -> dict[str, Any]:
        """As pages and exports read it."""
        return {
            "total": self.total.json(),
            "agents": {agent: cost.json() for agent, cost in self.agents.items()},
            "handoffs": [handoff.json() for handoff in self.handoffs],
        }


def bill(events: Sequence[Event], prices: Prices) -> Bill:
    """The bill of a call that is over, or so far."""
    shares: dict[str, list[Event]] = {}
    for event in events:
        if isinstance(event, Used):
            shares.setdefault(event.agent, []).append(event)
    return Bill(
        prices.of(events),
        {agent: prices.of(share) for agent, share in shares.items()},
        [HandoffCost(reading, prices.of([reading.given])) for reading in readings(events)],
    )
