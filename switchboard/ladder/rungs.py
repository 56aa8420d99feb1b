"""Who takes a caller whom the service does not serve any more: a person, or another number."""

from typing import Protocol

from switchboard.ladder.speaker import Speaker
from switchboard.ledger.events import EndReason, RescuedBy, RescueOutcome
from switchboard.line.words import Words
from switchboard.line.workflow import Number, Person
from switchboard.transfer.cold import ColdTransfer
from switchboard.transfer.unaided import UnaidedTransfer


class Rung(Protocol):
    """One way to help them."""

    by: RescuedBy
    target: str
    ends: EndReason
    """Why the call ends when it has helped."""

    async def take(self) -> RescueOutcome:
        """Try it, to its end."""


class PersonRung:
    """A person is rung, and joined to the caller if they accept."""

    by: RescuedBy = "person"
    ends: EndReason = "transferred"

    def __init__(self, person: Person, unaided: UnaidedTransfer, speaker: Speaker, words: Words) -> None:
        self.target = person.name
        self._person = person
        self._unaided = unaided
        self._speaker = speaker
        self._words = words

    async def take(self) -> RescueOutcome:
        """See the class."""
        words = await self._speaker.frames(self._words.waits)
        return "served" if await self._unaided.bring_in(self._person, words) else "failed"


class NumberRung:
    """The caller's phone is sent elsewhere."""

    by: RescuedBy = "number"
    ends: EndReason = "transferred"

    def __init__(self, number: Number, cold: ColdTransfer, speaker: Speaker, words: Words) -> None:
        self.target = number.name
        self._number = number
        self._cold = cold
        self._speaker = speaker
        self._words = words

    async def take(self) -> RescueOutcome:
        """See the class."""
        await self._speaker.say(self._words.through)
        return "served" if await self._cold.put_through(self._number) == "done" else "failed"
