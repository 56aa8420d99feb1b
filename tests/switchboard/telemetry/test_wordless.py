"""What is left of a span before it leaves the house: nothing that LiveKit, or anybody, has not listed here."""

import pytest
from livekit.agents.telemetry import trace_types
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, Status, StatusCode

from switchboard.telemetry.wordless import KEYS, Wordless

SAID = "my card is 4929 1234 and I live in SW1A"
CONTENT = {
    name: value
    for name, value in vars(trace_types).items()
    if name.startswith("ATTR_") and isinstance(value, str) and value not in KEYS
}


def left_of(name: str, key: str, value: str) -> ReadableSpan:
    """A span that has it everywhere, as a collector gets it."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Wordless(kept)))
    tracer = provider.get_tracer("a test")
    linked = tracer.start_span("turn")
    links = [Link(linked.get_span_context(), {key: value})]
    with tracer.start_as_current_span(name, attributes={key: value, "lk.speech_id": "s1"}, links=links) as span:
        span.add_event("exception", {key: value, "exception.type": "KeyError"})
        span.add_event(value)
        span.set_status(Status(StatusCode.ERROR, value))
    provider.shutdown()
    (left,) = [each for each in kept.get_finished_spans() if each.name != "turn"]
    return left


@pytest.mark.parametrize("key", ["lk.pii.user_input", "lk.something.new", *CONTENT.values()])
def test_what_is_not_listed_stays_in_the_house(key: str) -> None:
    left = left_of("function_tool", key, SAID)
    assert SAID not in left.to_json()
    assert left.attributes == {"lk.speech_id": "s1"}
    assert [(event.name, dict(event.attributes or {})) for event in left.events] == [
        ("exception", {"exception.type": "KeyError"})
    ]
    assert left.status.status_code is StatusCode.ERROR


def test_a_name_that_is_not_listed_stays_as_well() -> None:
    assert left_of(SAID, "lk.new", SAID).name == "other"


def test_nothing_that_livekit_calls_personal_is_listed() -> None:
    assert not [key for key in KEYS if "pii" in key.split(".")]
    assert not KEYS & {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"}
    assert not KEYS & {"gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "lk.shutdown.reason"}


def test_times_and_places_in_the_trace_stay() -> None:
    left = left_of("function_tool", "lk.new", SAID)
    assert left.name == "function_tool"
    assert left.context
    assert len(left.links) == 1
    assert left.start_time
    assert left.end_time
    assert left.start_time < left.end_time
