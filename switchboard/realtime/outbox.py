"""What waits to be sent when a connection is lost, and what was sent in vain: the next one gets what is wanted."""

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from livekit.agents import utils
from openai.types.realtime import RealtimeClientEvent

from switchboard.realtime.hearing import Hearing
from switchboard.realtime.requests import Requests

Event = RealtimeClientEvent | dict[str, Any]


class Outbox:
    """LiveKit's `channel` to the connection at hand; `send` puts an event into it."""

    def __init__(
        self, channel: utils.aio.Chan[Event], send: Callable[[Event], None], requests: Requests, hearing: Hearing
    ) -> None:
        self._channel = channel
        self._send = send
        self._requests = requests
        self._hearing = hearing

    def begin_anew(self, owed: Iterable[str]) -> None:
        """For a connection that knows nothing: what waits, and the requests that are owed an answer.

        What waits to be sent about items stands in the conversation, which it is given as well.
        """
        waiting = [event for event in self._unsent() if not _kind(event).startswith(("conversation.", "response."))]
        for event in [*waiting, *self._requests.again(owed)]:
            self._send(event)

    def say_again(self) -> None:
        """The caller's words of the lost connection, before those that have come meanwhile."""
        audio = self._hearing.take()
        for event in [*audio, *self._unsent()] if audio else []:
            self._send(event)

    def _unsent(self) -> list[Event]:
        """What waits to be sent, and does so no more."""
        unsent = []
        with contextlib.suppress(utils.aio.channel.ChanEmpty, utils.aio.ChanClosed):
            while True:
                unsent.append(self._channel.recv_nowait())
        return unsent


def _kind(event: Event) -> str:
    return str(event["type"] if isinstance(event, dict) else event.type)
