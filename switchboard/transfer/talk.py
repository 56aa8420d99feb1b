"""The talk with a person who was rung, whoever leads it: until their yes or no, and when they are done."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.person_phone import PersonPhone
from switchboard.waiting import any_set

Decision = Literal["accepted", "declined", "not_accepted", "hung_up"]

KEYS: dict[str, Decision] = {"1": "accepted", "2": "declined"}


class Talk(Protocol):
    """With the person of one phone, between `async with`: entered before the phone is answered."""

    track: AgentTrack
    """What the person hears."""
    finished: asyncio.Event
    """They are done with the caller, and give them back."""
    takes_notes: bool
    """What both say is written down while they are joined."""

    async def decided(self, seconds: float) -> Decision:
        """Tell the person who has answered what it is about, and wait for their yes or no."""

    def fall_silent(self) -> None:
        """The person has the caller."""

    async def dictated(self) -> None:
        """Hear what they want to say about a caller whom they give back."""


TalkWith = Callable[[PersonPhone, Callable[[str], None]], AbstractAsyncContextManager[Talk]]
"""Makes the talk on a phone; the function hears what the person has said since they accepted."""


class Answer:
    """A person's yes or no on their phone: the first counts."""

    def __init__(self, line: PersonPhone) -> None:
        self._line = line
        self._given = asyncio.Event()
        self.decision: Decision | None = None

    def give(self, decision: Decision) -> None:
        """They have said so."""
        self.decision = self.decision or decision
        self._given.set()

    def press(self, key: str) -> None:
        """They have pressed that key."""
        if decision := KEYS.get(key):
            self.give(decision)

    async def within(self, seconds: float) -> Decision:
        """What it is, or has become by then."""
        await any_set(self._given, self._line.gone, seconds=seconds)
        return self.decision or ("hung_up" if self._line.gone.is_set() else "not_accepted")
