"""What LiveKit's trace of a call does not have: the call as the ledger tells it, its turns, handoffs and people."""

import time
from functools import singledispatchmethod

from livekit.agents.telemetry import tracer
from opentelemetry.context import get_current
from opentelemetry.trace import Span, set_span_in_context

from switchboard.ledger.events import (
    Answered,
    Ended,
    Event,
    Failed,
    HandoffAsked,
    HandoffDone,
    Happening,
    PersonStep,
    Recovered,
    Turn,
)

OVER = ("handed_back", "cut_off", "left", "unreached", "given_up")
"""The last steps of a person."""
Value = str | float | bool


class CallTrace:
    """A listener of one call's ledger. Its spans are part of the trace of the job that it is made in."""

    call_id = ""

    def __init__(self, line: str) -> None:
        self._line = line
        self._call: Span | None = None
        self._context = get_current()
        self._open: dict[str, Span] = {}

    def note(self, event: Event) -> None:
        """An event of the call."""
        self._tell(event)

    @singledispatchmethod
    def _tell(self, event: Happening) -> None:
        """Most events are in LiveKit's spans, or are what somebody said."""

    @_tell.register
    def _(self, event: Answered) -> None:
        about = _ours(call=self.call_id, line=self._line, agent=event.agent, provider=event.provider)
        self._call = tracer.start_span("call", self._context, attributes=about)
        self._context = set_span_in_context(self._call)

    @_tell.register
    def _(self, event: Turn) -> None:
        now = time.time_ns()
        began = now - round((event.at - event.ended_at) * 1e9)
        numbers = _ours(
            agent=event.agent,
            first_token_ms=event.first_token_ms,
            first_sound_ms=event.first_sound_ms,
            silence_ms=event.silence_ms,
            interrupted=event.interrupted_at is not None,
        )
        tracer.start_span("turn", self._context, attributes=numbers, start_time=began).end(now)

    @_tell.register
    def _(self, event: HandoffAsked) -> None:
        self._begin("handoff", source=event.source, target=event.target)

    @_tell.register
    def _(self, event: HandoffDone) -> None:
        self._end("handoff", arrived_ms=event.arrived_ms, spoke_ms=event.spoke_ms, silence_ms=event.silence_ms)

    @_tell.register
    def _(self, event: PersonStep) -> None:
        if "person" not in self._open:
            self._begin("person", agent=event.agent)
        self._open["person"].add_event("step", _ours(stage=event.stage, phone=event.phone))
        if event.stage in OVER:
            self._end("person", outcome=event.stage)

    @_tell.register
    def _(self, event: Failed) -> None:
        if self._call:
            self._call.add_event("error", _ours(source=event.source, recoverable=event.recoverable))

    @_tell.register
    def _(self, event: Recovered) -> None:
        if self._call:
            self._call.add_event("recovered", _ours(source=event.source, ms=event.ms))

    @_tell.register
    def _(self, event: Ended) -> None:
        for name in list(self._open):
            self._end(name)
        if self._call:
            self._call.set_attributes(_ours(reason=event.reason))
            self._call.end()

    def _begin(self, name: str, **about: Value) -> None:
        self._end(name)
        self._open[name] = tracer.start_span(name, self._context, attributes=_ours(**about))

    def _end(self, name: str, **about: Value | None) -> None:
        if span := self._open.pop(name, None):
            span.set_attributes(_ours(**about))
            span.end()


def _ours(**about: Value | None) -> dict[str, Value]:
    return {f"switchboard.{name}": value for name, value in about.items() if value is not None}
