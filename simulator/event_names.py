"""The events of the realtime API by name, of both dialects, as the `openai` package has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from openai.types.beta import realtime as beta
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent


def _names(*unions: Any) -> Iterator[str]:
    for union in unions:
        for event in get_args(get_args(union)[0]):
            yield from get_args(event.model_fields["type"].annotation)


SERVER_EVENTS = frozenset(_names(RealtimeServerEvent, beta.RealtimeServerEvent))
CLIENT_EVENTS = frozenset(_names(RealtimeClientEvent, beta.RealtimeClientEvent))
