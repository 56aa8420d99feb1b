"""A mind for the tests: says what it is given, and remembers what it was asked."""

from collections import deque
from collections.abc import Iterable

from simulator.mind import MindError, Reply, Request, Say


class Given:
    """Answers with the given replies in order, then with `otherwise`; hears the given words in order."""

    def __init__(self, *replies: Reply | str, hears: Iterable[str] = (), otherwise: Reply | str = "All right.") -> None:
        self._replies = deque(replies)
        self._words = deque(hears)
        self._otherwise = otherwise
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Reply:
        """The next reply."""
        self.requests.append(request)
        reply = self._replies.popleft() if self._replies else self._otherwise
        return [Say(reply)] if isinstance(reply, str) else reply

    def hear(self, session_id: str) -> str:
        """The next words."""
        return self._words.popleft() if self._words else ""


class Lost:
    """Has no answer."""

    def answer(self, request: Request) -> Reply:
        """Refuse."""
        raise MindError("nothing matches what the caller said")

    def hear(self, session_id: str) -> str:
        """Refuse."""
        raise MindError("no words are left")
