"""Taking up a call that broke off: its worker died, or the caller came back too late."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

import structlog
from livekit.agents import llm
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from switchboard.call.call import Verified
from switchboard.database import Database
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Ended,
    Event,
    HandoffDone,
    Recording,
    Remembered,
)
from switchboard.ledger.standing import standing_of
from switchboard.ledger.timeline import newest_of, story
from switchboard.line.quoted import Said
from switchboard.line.sentences import BACK_AGAIN, BROKE_OFF, CALLED_AGAIN, SAID_BEFORE, WITH_THE_NEXT

log = structlog.get_logger(__name__)

LONGEST = 40
NEW_ROOM_SECONDS = 5.0
"""In a younger room no agent has died yet, so that another was sent."""

Answer = TypeVar("Answer")


class Patience:
    """How long a call waits, in all, for what it asks of what was before it: the caller hears nothing meanwhile."""

    def __init__(self, seconds: float = 0.7) -> None:
        self._left = seconds

    @classmethod
    def of(cls, room_age: float, goes_on: bool) -> Self:
        """In a room of that age in seconds; `goes_on`: there may well be something, even if the room is new."""
        return cls(0.3) if room_age < NEW_ROOM_SECONDS and not goes_on else cls()

    async def wait(self, question: Coroutine[Any, Any, Answer], otherwise: Answer) -> Answer:
        """What the database answers; `otherwise` where it does not in time."""
        looking, asked = asyncio.ensure_future(question), time.monotonic()
        await asyncio.wait([looking], timeout=self._left)
        self._left = max(0.0, self._left - (time.monotonic() - asked))
        try:
            if looking.cancel():
                raise TimeoutError
            return looking.result()
        except (SQLAlchemyError, OSError) as error:
            log.error("what was before is not known: the database does not answer", error=type(error).__name__)
            return otherwise


@dataclass(frozen=True)
class Past:
    """What a resumed call begins with."""

    call_id: str
    agent: str
    """Who had the caller."""
    state: dict[str, Any]
    verified: Verified | None
    said: tuple[Said, ...]
    happened: tuple[Event, ...] = ()
    """All of it."""
    same: bool = True
    """It is the same caller; False: it may be another, with the same number, who is told nothing of it."""
    talk: llm.ChatContext | None = None
    """What the agent knew, word for word: it goes on as if nothing had been between, and the caller speaks next. None:
    a note tells what was said, and the agent speaks first."""

    @property
    def disclosed(self) -> bool:
        """The caller has heard an answer to its end, and so that they speak with an automated assistant."""
        return any(isinstance(event, AgentSpoke) and not event.interrupted for event in self.happened)

    @property
    def told_of_recording(self) -> bool:
        """The caller has heard that the call is recorded."""
        return any(isinstance(event, Recording) and event.stage == "announced" for event in self.happened)

    @property
    def typed(self) -> frozenset[str]:
        """What the caller's page calls the lines that they typed and that were kept."""
        return frozenset(event.typed for event in self.happened if isinstance(event, CallerSpoke) and event.typed)

    @property
    def moved(self) -> bool:
        """It did not break off: a worker that stopped has handed the caller over."""
        ends = [event.reason for event in self.happened if isinstance(event, Ended)]
        return bool(ends) and ends[-1] == "moved"

    @property
    def handoffs(self) -> int:
        """How many of the call's budget are used up; a call that broke off begins anew."""
        return sum(isinstance(event, HandoffDone) for event in self.happened) if self.talk else 0

    @property
    def opening(self) -> str:
        """What the agent begins with."""
        if not self.same:
            return CALLED_AGAIN
        return WITH_THE_NEXT if self.moved else BACK_AGAIN

    def context(self, standing: str) -> llm.ChatContext:
        """What the agent knows of it; `standing` as for a note."""
        return self.talk or llm.ChatContext([self.note(standing)])

    def note(self, standing: str) -> llm.ChatMessage:
        """The conversation as one system item: an assistant's text would make the model drift to text answers.

        `standing` is what is proved about the caller now.
        """
        if not self.same:
            return llm.ChatMessage(role="system", content=[standing])
        before = SAID_BEFORE if self.moved else BROKE_OFF
        return llm.ChatMessage(role="system", content=["\n".join([standing, before, *map(str, self.said)])])


async def goes_on(database: Database, origin: str, room: str, patience: Patience | None = None) -> bool:
    """Whether the call of that origin goes on in that room: it has not moved to another, and nobody has ended it.

    So does one that nothing is known of, as of another frontend, and any where the database does not tell in time.
    """
    return await (patience or Patience()).wait(database.look(_goes_on, origin, room), otherwise=True)


async def recall(
    database: Database, origin: str, verified_for: timedelta, patience: Patience | None = None
) -> Past | None:
    """The newest call of that origin, if it broke off; None when there is none, or when it was ended for good.

    Who was away for longer than `verified_for` is not verified any more. None as well where the database does not tell
    in time: nobody's call waits for it to be answered.
    """
    return await (patience or Patience()).wait(database.look(_recall, origin, verified_for), otherwise=None)


def _goes_on(session: Session, origin: str, room: str) -> bool:
    standing = standing_of(session, origin)
    return standing.room in (room, origin) and not standing.over


def _recall(session: Session, origin: str, verified_for: timedelta) -> Past | None:
    over = standing_of(session, origin).over
    call_id = None if over else newest_of(session, origin)
    return past_of(call_id, story(session, call_id), verified_for) if call_id else None


def past_of(call_id: str, events: Sequence[Event], verified_for: timedelta) -> Past:
    """What that call has come to; `verified_for` is how long what was proved outlasts its last event."""
    agents = [agent for event in events if (agent := _agent(event))]
    memories = [event for event in events if isinstance(event, Remembered)]
    last = memories[-1] if memories else None
    verified = Verified(**last.verified) if last and last.verified else None
    left = max(event.wall for event in events if event.wall)
    if datetime.now(UTC) - left > verified_for:
        verified = None
    said = tuple(said for event in events if (said := _said(event)))[-LONGEST:]
    return Past(call_id, agents[-1], last.state if last else {}, verified, said, tuple(events))


def _agent(event: Event) -> str | None:
    if isinstance(event, Answered):
        return event.agent
    return event.target if isinstance(event, HandoffDone) else None


def _said(event: Event) -> Said | None:
    if isinstance(event, CallerSpoke):
        return Said("caller", event.text)
    return Said(event.agent, event.text) if isinstance(event, AgentSpoke) else None
