"""Taking up a call that broke off: its worker died, or the caller came back too late."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from livekit.agents import llm
from sqlalchemy.exc import SQLAlchemyError

from switchboard.call.call import Verified
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, Event, HandoffDone, Remembered
from switchboard.ledger.timeline import newest_of, timeline
from switchboard.line.quoted import Said
from switchboard.line.sentences import BROKE_OFF

log = structlog.get_logger(__name__)

FOR_GOOD = ("goodbye", "silence", "maximum_length", "transferred")
LONGEST = 40
RECALL_SECONDS = 1.0


@dataclass(frozen=True)
class Past:
    """What a resumed call begins with."""

    call_id: str
    agent: str
    """Who had the caller."""
    state: dict[str, Any]
    verified: Verified | None
    said: tuple[Said, ...]

    def note(self, standing: str) -> llm.ChatMessage:
        """The conversation as one system item: an assistant's text would make the model drift to text answers.

        `standing` is what is proved about the caller now.
        """
        return llm.ChatMessage(role="system", content=["\n".join([standing, BROKE_OFF, *map(str, self.said)])])


async def recall(database: Database, origin: str) -> Past | None:
    """The newest call of that origin, if it broke off; None when there is none, or when it was ended for good.

    None as well where the database does not tell in time: nobody's call waits for it to be answered.
    """
    looking = asyncio.ensure_future(_recall(database, origin))
    await asyncio.wait([looking], timeout=RECALL_SECONDS)
    try:
        if looking.cancel():
            raise TimeoutError
        return looking.result()
    except (SQLAlchemyError, OSError) as error:
        log.error("what was before is not known: the database does not answer", error=type(error).__name__)
        return None


async def _recall(database: Database, origin: str) -> Past | None:
    call_id = await newest_of(database, origin)
    events = await timeline(database, call_id) if call_id else []
    ended = [event.reason for event in events if isinstance(event, Ended)]
    agents = [agent for event in events if (agent := _agent(event))]
    if not call_id or not agents or set(ended) & set(FOR_GOOD):
        return None
    memories = [event for event in events if isinstance(event, Remembered)]
    last = memories[-1] if memories else None
    verified = Verified(**last.verified) if last and last.verified else None
    said = tuple(said for event in events if (said := _said(event)))[-LONGEST:]
    return Past(call_id, agents[-1], last.state if last else {}, verified, said)


def _agent(event: Event) -> str | None:
    if isinstance(event, Answered):
        return event.agent
    return event.target if isinstance(event, HandoffDone) else None


def _said(event: Event) -> Said | None:
    if isinstance(event, CallerSpoke):
        return Said("caller", event.text)
    return Said(event.agent, event.text) if isinstance(event, AgentSpoke) else None
