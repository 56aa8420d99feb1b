"""Answers that broke off, by a lost connection or a failure of the service: they are taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from livekit.agents import utils
from livekit.agents.llm._realtime.openai import _ResponseGeneration
from openai.types.realtime import ResponseCreateEvent

from switchboard.line.quoted import inside_quotes
from switchboard.line.sentences import REST
from switchboard.realtime.answer import Answer

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 10.0  # LiveKit's own patience with a reply


@dataclass
class Broken:
    """An answer that broke off, to be taken up again on the same LiveKit generation."""

    generation: _ResponseGeneration
    heard: str
    answer: Answer

    @property
    def over(self) -> bool:
        """Nothing of it is missing: all was heard, and it had no tools to call."""
        asked = self.answer.asked.response if self.answer.asked else None
        heard_out = bool(self.heard) and not self.answer.cut and not self.answer.writing
        return heard_out and asked is not None and asked.tool_choice == "none"


class BrokenAnswers:
    """At most one waits to be taken up; others were asked for again, and their rest has not begun.

    `send` sends a request, `instructions` are the agent's at hand, `end` gives a generation up. `away`: there is no
    connection now, and the next one is asked, by `resume`.
    """

    def __init__(
        self,
        send: Callable[[ResponseCreateEvent], None],
        instructions: Callable[[], str],
        end: Callable[[_ResponseGeneration], None],
        away: Callable[[], bool],
    ) -> None:
        self._send = send
        self._instructions = instructions
        self._end = end
        self._away = away
        self._asked_again: dict[str, Broken] = {}
        self.waiting: Broken | None = None

    def wait(self, broken: Broken | None) -> None:
        """That one waits to be taken up, if it is to be; it answers all that one which waits already would have."""
        if broken and broken is not self.waiting:
            self.give_up()
            self.waiting = broken

    def drop(self) -> Broken | None:
        """The one that waits is taken up no more; returns it."""
        dropped, self.waiting = self.waiting, None
        return dropped

    def give_up(self) -> None:
        """End the one that waits."""
        if dropped := self.drop():
            self._end(dropped.generation)

    def resume_later(self, seconds: float) -> None:
        """Take up the one that waits in so many seconds: the service has just failed at it."""
        assert self.waiting is not None
        asyncio.get_running_loop().call_later(seconds, self._resume, self.waiting)

    def lost(self) -> None:
        """The connection is lost: what was asked for again there has to be asked for once more."""
        asked, self._asked_again = self._asked_again, {}
        for broken in asked.values():
            if self.waiting:
                self._end(broken.generation)
            else:
                self.waiting = broken

    def resume(self) -> None:
        """Ask for the rest of the one that waits, or for all of it again where it may have ended, for its tools."""
        if self.waiting:
            self._resume(self.waiting)

    def begun(self, event_id: str) -> Broken | None:
        """The rest that was asked for with that event has begun; None: it is no rest."""
        return self._asked_again.pop(event_id, None)

    def awaits(self, event_id: str) -> bool:
        """Whether that event has asked for a rest which has not begun."""
        return event_id in self._asked_again

    def refused(self, event_id: str) -> None:
        """The service does not give the rest that was asked for with that event, if any was."""
        if broken := self.begun(event_id):
            self._end(broken.generation)

    def interrupt(self) -> list[str]:
        """End all of them; the events whose answers are wanted no more."""
        self.give_up()
        asked, self._asked_again = self._asked_again, {}
        for broken in asked.values():
            self._end(broken.generation)
        return list(asked)

    def _resume(self, broken: Broken) -> None:
        if broken is not self.waiting or self._away():
            return  # interrupted, or taken up elsewhere, in the meantime; or the connection was lost
        self.waiting = None
        if broken.over:
            self._end(broken.generation)
            return
        event_id = utils.shortuuid("response_rest_")
        again = Broken(broken.generation, broken.heard, broken.answer.again(broken.heard))
        self._asked_again[event_id] = again
        self._send(self._request_of(again, event_id))
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._lose_patience, event_id)

    def _request_of(self, broken: Broken, event_id: str) -> ResponseCreateEvent:
        response: dict[str, Any] = {}
        asked = broken.answer.asked
        if asked is not None and asked.response is not None:
            response = asked.response.model_dump(exclude_unset=True)
        if broken.answer.in_mid_sentence:
            told = response.get("instructions") or self._instructions()
            response["instructions"] = f"{told}\n{REST.format(heard=inside_quotes(broken.heard))}"
        response["metadata"] = {"client_event_id": event_id}
        return ResponseCreateEvent.model_validate(
            {"type": "response.create", "event_id": event_id, "response": response}
        )

    def _lose_patience(self, event_id: str) -> None:
        if broken := self.begun(event_id):
            log.warning("an answer that broke off was not taken up again")
            self._end(broken.generation)
