"""What each agent was told in a call: a mind that answers as another one does, and keeps what it was asked with."""

import re

from simulator.mind import Mind, Reply, Request

SPEAKS = re.compile(r"You are `(?P<agent>[^`]+)`")


class Attentive:
    """A `Mind` for one call."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self.told: dict[str, str] = {}
        """The instructions of each agent that was asked for an answer, the last ones."""

    def answer(self, request: Request) -> Reply:
        """As the other mind."""
        if agent := SPEAKS.match(request.instructions):
            self.told[agent["agent"]] = request.instructions
        return self._mind.answer(request)

    def hear(self, session_id: str) -> str | None:
        """As the other mind."""
        return self._mind.hear(session_id)
