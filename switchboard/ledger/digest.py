"""What a call came to, in a few values: for lists and filters, which read no events."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from switchboard.ledger.events import Answered, CallTransferred, Event, HandoffDone, PersonStep, Turn
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import Finding, Rule, findings
from switchboard.ledger.tables import CallAgentRow, DigestRow, FindingRow


@dataclass(frozen=True)
class Digest:
    """See `DigestRow`, `CallAgentRow` and `FindingRow`."""

    agents: tuple[str, ...]
    """Who had the caller, each once, the last one last."""
    caller: str | None
    seconds: float
    cost: Decimal | None
    currency: str | None
    first_sound_p50_ms: float | None
    first_sound_p95_ms: float | None
    turns: int
    to_person: bool
    findings: tuple[Finding, ...]

    @property
    def agent(self) -> str:
        """Who had the caller last; "" if nobody had them."""
        return self.agents[-1] if self.agents else ""

    def store(self, session: Session, call_id: str) -> None:
        """Write it for that call, which has none yet."""
        session.add(
            DigestRow(
                call_id=call_id,
                agent=self.agent,
                caller=self.caller,
                seconds=self.seconds,
                cost=self.cost,
                currency=self.currency,
                first_sound_p50_ms=self.first_sound_p50_ms,
                first_sound_p95_ms=self.first_sound_p95_ms,
                turns=self.turns,
                to_person=self.to_person,
            )
        )
        session.add_all(CallAgentRow(call_id=call_id, agent=agent) for agent in self.agents)
        session.add_all(
            FindingRow(call_id=call_id, number=number, rule=found.rule, at=found.at, sentence=found.sentence)
            for number, found in enumerate(self.findings, start=1)
        )
        session.flush()


Digesting = Callable[[Sequence[Event]], Digest]


def digest(events: Sequence[Event], prices: Prices, rules: Iterable[Rule]) -> Digest:
    """Of a call's events, all of them or so far."""
    answered = next((event for event in events if isinstance(event, Answered)), None)
    turns = [event for event in events if isinstance(event, Turn)]
    sounds = sorted(turn.first_sound_ms for turn in turns if turn.first_sound_ms is not None)
    cost = prices.of(events)
    return Digest(
        agents=_agents(events),
        caller=answered.caller if answered else None,
        seconds=events[-1].at - events[0].at if events else 0.0,
        cost=None if cost.unknown else cost.amount,
        currency=None if cost.unknown else cost.currency,
        first_sound_p50_ms=percentile(sounds, 50),
        first_sound_p95_ms=percentile(sounds, 95),
        turns=len(turns),
        to_person=any(map(_reaches_a_person, events)),
        findings=tuple(findings(events, rules)),
    )


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value that so many of them do not exceed; None: there are none."""
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1] if ordered else None


def _agents(events: Sequence[Event]) -> tuple[str, ...]:
    had: dict[str, None] = {}
    for event in events:
        agent = event.agent if isinstance(event, Answered) else event.target if isinstance(event, HandoffDone) else None
        if agent:
            had.pop(agent, None)  # whoever has them again comes last
            had[agent] = None
    return tuple(had)


def _reaches_a_person(event: Event) -> bool:
    match event:
        case PersonStep(stage="joined") | CallTransferred(outcome="done"):
            return True
        case _:
            return False
