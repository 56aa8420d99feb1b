"""Requests for answers: what was asked for, and what waits for another answer to end."""

from collections.abc import Iterable, Iterator

from openai.types.realtime import ResponseCreateEvent


class Requests:
    """By the ids of their events."""

    def __init__(self) -> None:
        self._asked: dict[str, ResponseCreateEvent] = {}
        self._waiting: list[str] = []
        self._turn_waits = False

    def ask(self, request: ResponseCreateEvent) -> None:
        """Remember a request that is about to be sent."""
        if request.event_id:
            self._asked[request.event_id] = request

    def answered(self, event_id: str) -> ResponseCreateEvent | None:
        """An answer to it has begun; None if nobody had asked."""
        return self._asked.pop(event_id, None)

    def turn_answered(self) -> None:
        """An answer has begun that takes in all that was said, whoever asked for it."""
        self._turn_waits = False

    def open(self, event_id: str) -> ResponseCreateEvent | None:
        """The request of that id, if no answer to it has begun."""
        return self._asked.get(event_id)

    def wait(self, event_id: str) -> bool:
        """It was refused because another answer runs, and is sent again after that one; False: it is not ours.

        Without an id it is the service that wanted to answer the caller's turn, and does not try again.
        """
        if not event_id:
            self._turn_waits = True
            return True
        if event_id not in self._asked:
            return False
        self._waiting.append(event_id)
        return True

    def waited(self) -> Iterator[ResponseCreateEvent]:
        """Those that can be sent again, now that the answer has ended."""
        waiting, self._waiting = [event_id for event_id in self._waiting if event_id in self._asked], []
        if self._turn_waits and not waiting:
            self._turn_waits = False
            yield ResponseCreateEvent(type="response.create")
        yield from (self._asked[event_id] for event_id in waiting)

    def again(self, owed: Iterable[str]) -> list[ResponseCreateEvent]:
        """Those that somebody waits for, to be sent on a new connection: nothing else is wanted any more."""
        self._waiting = []
        self._asked = {event_id: self._asked[event_id] for event_id in owed if event_id in self._asked}
        return list(self._asked.values())
