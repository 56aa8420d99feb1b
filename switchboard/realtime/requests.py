"""Requests for answers: what was asked for, what of it went out, and what waits for another answer to end."""

from collections.abc import Iterator

from openai.types.realtime import ResponseCreateEvent


class Requests:
    """By the ids of their events."""

    def __init__(self) -> None:
        self._asked: dict[str, ResponseCreateEvent] = {}
        self._sent: set[str] = set()
        self._waiting: list[str] = []

    def ask(self, request: ResponseCreateEvent) -> None:
        """Remember a request that is about to be sent."""
        if request.event_id:
            self._asked[request.event_id] = request

    def sent(self, event_id: str) -> None:
        """It went out on a connection."""
        self._sent.add(event_id)

    def answered(self, event_id: str) -> ResponseCreateEvent | None:
        """An answer to it has begun; None if nobody had asked."""
        self._sent.discard(event_id)
        return self._asked.pop(event_id, None)

    def wait(self, event_id: str) -> bool:
        """It was refused because another answer runs, and is sent again after that one; False: it is not ours."""
        if event_id not in self._asked:
            return False
        self._waiting.append(event_id)
        return True

    def waited(self) -> Iterator[ResponseCreateEvent]:
        """Those that can be sent again, now that the answer has ended."""
        waiting, self._waiting = self._waiting, []
        return (self._asked[event_id] for event_id in waiting if event_id in self._asked)

    def lost(self, event_id: str) -> ResponseCreateEvent | None:
        """The request, if it went out on the connection that is lost, and so has to go out again."""
        return self._asked[event_id] if event_id in self._sent else None
