"""Who takes a caller whom the service does not serve any more: a person, or another number."""

from dataclasses import dataclass, field
from typing import Protocol

from switchboard.ladder.speaker import Speaker
from switchboard.ledger.events import EndReason, RescuedBy, RescueOutcome
from switchboard.line.words import Words
from switchboard.line.workflow import Number, Person
from switchboard.transfer.cold import ColdTransfer
from switchboard.transfer.unaided import UnaidedTransfer


class Rung(Protocol):
    """One way to help them."""

    @property
    def by(self) -> RescuedBy: ...
    @property
    def target(self) -> str: ...
    @property
    def ends(self) -> EndReason:
        """Why the call ends when it has helped."""

    async def take(self) -> RescueOutcome:
        """Try it, to its end."""


@dataclass(frozen=True)
class PersonRung:
    """A person is rung, and joined to the caller if they accept."""

    person: Person
    unaided: UnaidedTransfer
    speaker: Speaker
    words: Words
    by: RescuedBy = field(default="person", init=False)
    ends: EndReason = field(default="transferred", init=False)

    @property
    def target(self) -> str:
        return self.person.name

    async def take(self) -> RescueOutcome:
        """See the class."""
        words = await self.speaker.frames(self.words.waits)
        return "served" if await self.unaided.bring_in(self.person, words) else "failed"


@dataclass(frozen=True)
class NumberRung:
    """The caller's phone is sent elsewhere."""

    number: Number
    cold: ColdTransfer
    speaker: Speaker
    words: Words
    by: RescuedBy = field(default="number", init=False)
    ends: EndReason = field(default="transferred", init=False)

    @property
    def target(self) -> str:
        return self.number.name

    async def take(self) -> RescueOutcome:
        """See the class."""
        await self.speaker.say(self.words.through)
        return "served" if await self.cold.put_through(self.number) == "done" else "failed"
