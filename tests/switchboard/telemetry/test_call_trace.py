"""The spans that we add to LiveKit's: the call, its turns, handoffs and people."""

from collections.abc import Iterator

import pytest
from livekit.agents.telemetry import set_tracer_provider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider

from switchboard.ledger.events import Ended, Event, Failed, HandoffAsked, HandoffDone, PersonStep
from switchboard.telemetry.call_trace import CallTrace
from switchboard.telemetry.wordless import Wordless
from tests.switchboard.telemetry.test_calls import EVENTS, SAID


@pytest.fixture
def sent() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Wordless(exporter)))
    set_tracer_provider(provider, allow_pii=False)
    yield exporter
    set_tracer_provider(NoOpTracerProvider())


def spans_of(sent: InMemorySpanExporter, *events: Event) -> dict[str, ReadableSpan]:
    trace = CallTrace("line")
    trace.call_id = "call_1"
    for event in (EVENTS[0], *events):
        trace.note(event)
    return {span.name: span for span in sent.get_finished_spans()}


def about(span: ReadableSpan) -> dict[str, object]:
    return {key.removeprefix("switchboard."): value for key, value in (span.attributes or {}).items()}


def test_a_call_has_its_turns_and_its_end_and_no_words(sent: InMemorySpanExporter) -> None:
    spans = spans_of(sent, *EVENTS[1:])
    assert about(spans["call"]) == {
        "call": "call_1", "line": "line", "agent": "greeter", "provider": "azure", "reason": "goodbye",
    }  # fmt: skip
    assert [(event.name, dict(event.attributes or {})) for event in spans["call"].events] == [
        ("error", {"switchboard.source": "RealtimeModel", "switchboard.recoverable": True})
    ]
    turn = next(span for span in sent.get_finished_spans() if span.name == "turn")
    assert about(turn)["first_sound_ms"] == 450
    assert all(SAID not in span.to_json() for span in sent.get_finished_spans())
    assert {span.context.trace_id for span in sent.get_finished_spans() if span.context} == {
        spans["call"].context.trace_id
    }


def test_a_handoff_lasts_from_being_asked_for_until_the_next_one_has_the_caller(sent: InMemorySpanExporter) -> None:
    asked = HandoffAsked(source="greeter", target="sales")
    done = HandoffDone(source="greeter", target="sales", arrived_ms=1, spoke_ms=6, silence_ms=7, socket_kept=True)
    spans = spans_of(sent, asked, done)
    assert about(spans["handoff"]) == {
        "source": "greeter", "target": "sales", "arrived_ms": 1, "spoke_ms": 6, "silence_ms": 7,
    }  # fmt: skip


def test_a_person_is_a_span_with_their_steps(sent: InMemorySpanExporter) -> None:
    steps = [
        PersonStep(agent="sales", target="colleague", stage=stage, phone=1) for stage in ("ringing", "joined", "left")
    ]
    spans = spans_of(sent, *steps)
    assert about(spans["person"])["outcome"] == "left"
    assert [event.attributes and event.attributes["switchboard.stage"] for event in spans["person"].events] == [
        "ringing", "joined", "left",
    ]  # fmt: skip


def test_what_is_open_ends_with_the_call(sent: InMemorySpanExporter) -> None:
    spans = spans_of(sent, HandoffAsked(source="greeter", target="sales"), Ended(reason="caller_left"))
    assert spans.keys() == {"call", "handoff"}


def test_what_comes_before_the_call_is_answered_is_no_fault() -> None:
    CallTrace("line").note(Failed(source="RealtimeModel", message="APIError", recoverable=True))
    CallTrace("line").note(Ended(reason="nobody_came"))
