"""What each agent was told in a call: a mind that answers as another one does, and keeps what it was asked with."""

import re
from collections.abc import Callable

from simulator.mind import Mind, Reply, Request

SPEAKS = re.compile(r"You are `(?P<agent>[^`]+)`")


class Attentive:
    """A `Mind` for one call. `understood` has the words of a turn that was spoken; None: listen to it."""

    def __init__(self, mind: Mind, understood: Callable[[], str | None]) -> None:
        self._mind = mind
        self._understood = understood
        self.told: dict[str, str] = {}
        """The instructions of each agent that was asked for an answer, the last ones."""

    def answer(self, request: Request) -> Reply:
        """As the other mind."""
        if agent := SPEAKS.match(request.instructions):
            self.told[agent["agent"]] = request.instructions
        return self._mind.answer(request)

    def hear(self, session_id: str) -> str | None:  # noqa: ARG002 - there is one caller in a call
        """What the caller has said by now."""
        return self._understood()
