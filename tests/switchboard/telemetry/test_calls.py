"""What is counted of a call: all of it by the workflow's names, and nothing of what was said."""

import pytest
from prometheus_client import REGISTRY

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    CallTransferred,
    Ended,
    Event,
    Failed,
    HandoffDone,
    PersonSpoke,
    PersonStep,
    Remembered,
    ToolCalled,
    ToolReturned,
    Turn,
    Used,
)
from switchboard.ledger.prices import Prices
from switchboard.telemetry.calls import CallMetrics

SAID = "Xylophone 4929 1234, my postcode is SW1A"
EVENTS: list[Event] = [
    Answered(line="a", agent="greeter", provider="azure", caller="+44***55"),
    CallerSpoke(text=SAID),
    Turn(agent="greeter", ended_at=1.0, first_token_ms=200, first_sound_ms=450, silence_ms=450),
    AgentSpoke(agent="greeter", text=SAID),
    Turn(agent="greeter", ended_at=2.0),
    HandoffDone(source="greeter", target="sales", arrived_ms=1, spoke_ms=600, silence_ms=700, socket_kept=True),
    HandoffDone(source="sales", target="greeter", arrived_ms=1, spoke_ms=None, silence_ms=None, socket_kept=True),
    ToolCalled(agent="sales", tool="find_order", call_id="1", arguments={"order_number": SAID}),
    ToolReturned(agent="sales", tool="find_order", call_id="1", result=SAID, failed=False, ms=40),
    Remembered(state={"order": SAID}, verified={"name": SAID}),
    PersonStep(agent="sales", target="colleague", stage="joined", phone=1),
    PersonSpoke(target="colleague", text=SAID),
    CallTransferred(agent="sales", target="desk", outcome="busy", ms=10),
    Failed(source="RealtimeModel", message="APIError", recoverable=True),
    Used(agent="sales", work="answer", model="gpt-realtime-2.1", units={"text_in": 1_000_000}),
    Used(agent="sales", work="speech", model="a-voice-of-tomorrow", units={"characters": 10}),
    Ended(reason="goodbye"),
]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"switchboard_{name}", labels) or 0


async def test_each_event_is_counted_where_it_belongs(database: Database) -> None:
    line = f"counted, {database.url.drivername}"
    prices = Prices.read()
    async with Ledger(database, "call_1", line, listeners=(CallMetrics(line, prices).note,)) as ledger:
        for event in EVENTS:
            ledger.write(event)

    assert value("calls_answered_total", line=line) == 1
    assert value("calls_ended_total", line=line, reason="goodbye") == 1
    assert value("call_duration_seconds_count", line=line) == 1
    assert value("handoffs_total", line=line, source="greeter", target="sales") == 1
    assert value("handoff_silence_seconds_sum", line=line, source="greeter", target="sales") == 0.7
    assert value("handoffs_total", line=line, source="sales", target="greeter") == 1
    assert value("handoff_silence_seconds_count", line=line, source="sales", target="greeter") == 0
    assert value("first_sound_seconds_sum", line=line, agent="greeter") == 0.45
    assert value("first_sound_seconds_count", line=line, agent="greeter") == 1
    assert value("turn_silence_seconds_bucket", line=line, agent="greeter", le="0.5") == 1
    assert value("tool_duration_seconds_sum", line=line, agent="sales", tool="find_order", failed="false") == 0.04
    assert value("person_steps_total", line=line, stage="joined") == 1
    assert value("transfers_total", line=line, outcome="busy") == 1
    assert value("errors_total", line=line, source="RealtimeModel", recoverable="true") == 1
    expected = prices.of([each for each in EVENTS if isinstance(each, Used)])
    ((currency, amount),) = expected.amounts.items()
    assert value("cost_total", line=line, agent="sales", currency=currency) == pytest.approx(float(amount))
    assert value("cost_unknown_total", line=line, model="a-voice-of-tomorrow") == 1


async def test_no_metric_has_a_word_of_the_call() -> None:
    metrics = CallMetrics("wordless", Prices.read())
    for event in EVENTS:
        metrics.note(event)
    labels = told()
    assert "wordless" in labels
    assert [word for word in ("Xylophone", "4929", "1234", "SW1A", "+44", "call_1") if word in labels] == []


def told() -> str:
    """All labels of our metrics."""
    ours = [metric for metric in REGISTRY.collect() if metric.name.startswith("switchboard_")]
    return "\n".join(label for metric in ours for sample in metric.samples for label in sample.labels.values())
