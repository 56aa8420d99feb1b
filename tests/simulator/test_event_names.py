"""The names of events are those that the `openai` package knows today."""

from collections.abc import Iterator
from typing import Any, get_args

from openai.types.beta import realtime as beta
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

from simulator.event_names import CLIENT_EVENTS, SERVER_EVENTS


def names(*unions: Any) -> Iterator[str]:
    for union in unions:
        for event in get_args(get_args(union)[0]):
            yield from get_args(event.model_fields["type"].annotation)


def test_the_events_of_the_server_are_those_of_both_dialects() -> None:
    assert frozenset(names(RealtimeServerEvent, beta.RealtimeServerEvent)) == SERVER_EVENTS


def test_the_events_of_the_client_are_those_of_both_dialects() -> None:
    assert frozenset(names(RealtimeClientEvent, beta.RealtimeClientEvent)) == CLIENT_EVENTS
