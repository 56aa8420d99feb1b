"""The metrics of calls, counted from what the ledger is told; labels are names of the workflow, no words of callers."""

from functools import singledispatchmethod
from typing import get_args

from prometheus_client import Counter, Histogram

from switchboard.ledger.events import (
    Answered,
    CallTransferred,
    Ended,
    EndReason,
    Event,
    Failed,
    HandoffDone,
    Happening,
    PersonStage,
    PersonStep,
    ToolReturned,
    TransferOutcome,
    Turn,
    Used,
)
from switchboard.ledger.prices import Prices
from switchboard.line.workflow import Workflow

# Every metric of a worker has labels: one without begins to count when it is imported, before its process has a place.

HEARD = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""What a caller hears of a pause: from "at once" over "late" (0.8 s) to "is anybody there?" (2 s)."""
WORKED = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LASTED = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)

ANSWERED = Counter("switchboard_calls_answered_total", "Calls that an agent has answered.", ["line"])
ENDED = Counter("switchboard_calls_ended_total", "Calls that are over, by how they ended.", ["line", "reason"])
DURATION = Histogram("switchboard_call_duration_seconds", "How long calls lasted.", ["line"], buckets=LASTED)
HANDOFFS = Counter(
    "switchboard_handoffs_total", "Callers that one agent has handed to another.", ["line", "source", "target"]
)
HANDOFF_SILENCE = Histogram(
    "switchboard_handoff_silence_seconds",
    "What the caller heard of a handoff: from the last sound of one agent to the first of the next.",
    ["line", "source", "target"],
    buckets=HEARD,
)
FIRST_SOUND = Histogram(
    "switchboard_first_sound_seconds",
    "From the caller's last word to the first sound of the answer.",
    ["line", "agent"],
    buckets=HEARD,
)
TURN_SILENCE = Histogram(
    "switchboard_turn_silence_seconds",
    "How long a caller who had finished heard nothing at all: no answer, no words for a wait, no music.",
    ["line", "agent"],
    buckets=HEARD,
)
TOOLS = Histogram(
    "switchboard_tool_duration_seconds", "How long tools took.", ["line", "agent", "tool", "failed"], buckets=WORKED
)
PERSONS = Counter(
    "switchboard_person_steps_total", "Steps of transfers to people, who stay with us.", ["line", "stage"]
)
TRANSFERS = Counter("switchboard_transfers_total", "Callers that were sent to another number.", ["line", "outcome"])
ERRORS = Counter("switchboard_errors_total", "What has failed in calls.", ["line", "source", "recoverable"])
COST = Counter(
    "switchboard_cost_total", "What calls have cost, in units of the currency.", ["line", "agent", "currency"]
)
UNPRICED = Counter(
    "switchboard_cost_unknown_total",
    "Answers, transcriptions and speeches whose price nobody knows.",
    ["line", "model"],
)


def begin(line: Workflow) -> None:
    """Show what may be counted of the line, with 0: of a number that was never shown, the first is not one more."""
    ANSWERED.labels(line.name)
    DURATION.labels(line.name)
    for kind, values in ((ENDED, EndReason), (PERSONS, PersonStage), (TRANSFERS, TransferOutcome)):
        for value in get_args(values):
            kind.labels(line.name, value)
    for agent in line.agents:
        FIRST_SOUND.labels(line.name, agent.name())
        TURN_SILENCE.labels(line.name, agent.name())
        for edge in line.edges(agent):
            HANDOFFS.labels(line.name, agent.name(), edge.target.name())
            HANDOFF_SILENCE.labels(line.name, agent.name(), edge.target.name())


class CallMetrics:
    """A listener of one call's ledger; `prices` tell what its work costs."""

    def __init__(self, line: str, prices: Prices) -> None:
        self._line = line
        self._prices = prices

    def note(self, event: Event) -> None:
        """An event of the call."""
        self._count(event)

    @singledispatchmethod
    def _count(self, event: Happening) -> None:
        """Of most events nothing is counted."""

    @_count.register
    def _(self, _: Answered) -> None:
        ANSWERED.labels(self._line).inc()

    @_count.register
    def _(self, event: Ended) -> None:
        ENDED.labels(self._line, event.reason).inc()
        DURATION.labels(self._line).observe(event.at)

    @_count.register
    def _(self, event: HandoffDone) -> None:
        HANDOFFS.labels(self._line, event.source, event.target).inc()
        if event.silence_ms is not None:
            HANDOFF_SILENCE.labels(self._line, event.source, event.target).observe(event.silence_ms / 1000)

    @_count.register
    def _(self, event: Turn) -> None:
        if event.first_sound_ms is not None:
            FIRST_SOUND.labels(self._line, event.agent).observe(event.first_sound_ms / 1000)
        if event.silence_ms is not None:
            TURN_SILENCE.labels(self._line, event.agent).observe(event.silence_ms / 1000)

    @_count.register
    def _(self, event: ToolReturned) -> None:
        failed = str(event.failed).lower()
        TOOLS.labels(self._line, event.agent, event.tool, failed).observe(event.ms / 1000)

    @_count.register
    def _(self, event: PersonStep) -> None:
        PERSONS.labels(self._line, event.stage).inc()

    @_count.register
    def _(self, event: CallTransferred) -> None:
        TRANSFERS.labels(self._line, event.outcome).inc()

    @_count.register
    def _(self, event: Failed) -> None:
        ERRORS.labels(self._line, event.source, str(event.recoverable).lower()).inc()

    @_count.register
    def _(self, event: Used) -> None:
        cost = self._prices.of([event])
        for currency, amount in cost.amounts.items():
            COST.labels(self._line, event.agent, currency).inc(float(amount))
        for model in cost.unknown:
            UNPRICED.labels(self._line, model).inc()
