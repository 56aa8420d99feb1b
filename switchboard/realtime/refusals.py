"""What the service refuses for no fault of ours is asked for again: nobody is left without a word."""

import asyncio
from collections.abc import Callable
from typing import Any

from openai.types.realtime import RealtimeErrorEvent, ResponseCreateEvent

from switchboard.realtime.mirror import Mirror
from switchboard.realtime.requests import Requests
from switchboard.realtime.service import Service

OURS = "invalid_request_error"


class Refusals:
    """Of one session. `wanted` tells whether a request is waited for; `send` sends it; `leave` ends the connection."""

    def __init__(
        self,
        service: Service,
        requests: Requests,
        mirror: Mirror,
        wanted: Callable[[str], bool],
        send: Callable[[ResponseCreateEvent], None],
        leave: Callable[[], None],
    ) -> None:
        self._service = service
        self._requests = requests
        self._mirror = mirror
        self._wanted = wanted
        self._send = send
        self._leave = leave
        self._updates: set[str] = set()

    def sent(self, event: dict[str, Any]) -> None:
        """An event of ours is on its way."""
        if event["type"] == "session.update":
            self._updates.add(event["event_id"])

    def begin_anew(self) -> None:
        """A new connection has refused nothing."""
        self._updates.clear()

    def take(self, event: RealtimeErrorEvent) -> bool:
        """Whether that is seen to: a request is sent again; what answers stand on is told on another connection.

        An answer to an item that is not there, or of an agent that is not, may have begun already.
        """
        asked = event.error.event_id or ""
        stands = self._mirror.adds(asked) or asked in self._updates
        if event.error.type == OURS or not (stands or self._requests.open(asked)):
            return False
        retry = self._service.failed(event.error.message)
        if retry is None:
            return False
        if stands or retry.elsewhere:
            self._leave()
        else:
            asyncio.get_running_loop().call_later(retry.seconds, self._ask_again, asked)
        return True

    def _ask_again(self, asked: str) -> None:
        request = self._requests.open(asked)
        if request and self._wanted(asked):
            self._send(request)
