"""A call is one trace, at a real receiver of OTLP; none of its words, numbers or keys is in what was sent."""

import asyncio
from collections.abc import Iterator

import pytest

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, ToolCalled, ToolReturned
from tests.app.line import Line, in_the_room
from tests.browser.ledger import ended, events_when, of
from tests.browser.participant import TRANSCRIPTS
from tests.collector import Collector, collecting
from tests.livekit import SECRET

HEADER = "a-key-of-the-collector"
ORDER, POSTCODE = "10042", "SW1A 2AA"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


async def test_a_call_is_one_trace_without_a_word_of_it(line: Line, collector: Collector) -> None:
    line.worker.environ |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-key={HEADER}",
        "OTEL_SERVICE_NAME": "the-line",
    }
    await asyncio.to_thread(line.worker.start)
    made = (await line.caller.post("/calls")).json()
    async with in_the_room(line, made) as caller:
        await caller.gets(TRANSCRIPTS, "Fernway")
        await caller.say("Where is my order?")
        await events_when(line.ledger, made["id"], lambda events: len(of(events, AgentSpoke)) > 1)
        await caller.say(f"My order number is {ORDER}, my postcode is {POSTCODE}.")
        await events_when(line.ledger, made["id"], _has_looked)
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    events = await ended(line.ledger, made["id"])
    await asyncio.to_thread(line.worker.drain)

    spans = collector.spans()
    call = next(span for span in spans if span.name == "call")
    about = {each.key: each.value.string_value for each in call.attributes}
    assert about["switchboard.line"] == "support-line"
    assert about["switchboard.call"].startswith("call_")
    assert about["switchboard.reason"] == "goodbye"
    ours = [span for span in spans if span.trace_id == call.trace_id]
    assert {"job_entrypoint", "agent_session", "agent_turn", "function_tool", "handoff"} <= {span.name for span in ours}
    assert "other" not in {span.name for span in spans}, (
        "LiveKit has a span that switchboard/telemetry/wordless.py lacks"
    )
    assert collector.keys == {HEADER}
    assert b"the-line" in collector.bodies[0]

    said = [each.text for each in of(events, AgentSpoke)] + [each.text for each in of(events, CallerSpoke)]
    told = [each.result for each in of(events, ToolReturned)]
    given = [str(value) for each in of(events, ToolCalled) for value in each.arguments.values()]
    assert len(said) > 3
    assert told
    assert given
    sent = b"\n".join(collector.bodies).decode(errors="replace")
    hidden = [*said, *told, *given, ORDER, POSTCODE, "Fernway", "Where is my order", SECRET, HEADER, made["id"]]
    assert [text for text in hidden if text and text in sent] == []


def _has_looked(events: list[Event]) -> bool:
    """A tool with arguments has returned."""
    asked = {each.call_id for each in of(events, ToolCalled) if each.arguments}
    return bool(asked & {each.call_id for each in of(events, ToolReturned)})


async def test_without_a_place_to_send_them_to_there_are_no_traces(line: Line, collector: Collector) -> None:
    line.worker.environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_TRACES_EXPORTER": "none"}
    await asyncio.to_thread(line.worker.start)
    made = (await line.caller.post("/calls")).json()
    async with in_the_room(line, made) as caller:
        await caller.gets(TRANSCRIPTS, "Fernway")
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    await asyncio.to_thread(line.worker.drain)
    assert collector.bodies == []
