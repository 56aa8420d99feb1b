"""One call: who is calling, what is verified, what the line knows so far."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from switchboard.call.departure import Departure
from switchboard.call.source import UNKNOWN, Source
from switchboard.call.typed_line import TypedLine
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.line.quoted import one_line
from switchboard.line.sentences import NOT_VERIFIED, VERIFIED
from switchboard.settings.schema import Desk

SHOWN_DIGITS = 2
State = TypeVar("State", bound=BaseModel)


@dataclass(frozen=True)
class Verified:
    """Proof that the caller is who they say: set once by the business's own check, never by a prompt."""

    account: str
    """The business's own id of the customer."""
    name: str
    by: str
    """What proved it: "order number and postcode"."""
    strength: str = "read"
    """What the proof is enough for: "read" what is on the account, or "write" to it as well."""


@dataclass
class Caller:
    """What is known of the caller. A number helps the agents, but verifies nobody."""

    number: str | None = None
    dialed: str | None = None
    source: Source = UNKNOWN
    """Where they come from, by a page."""
    mark: str | None = None
    """A pseudonym by which they are known when they call again, on a line that wants that."""
    verified: Verified | None = None
    turned_away: bool = False
    """The business's check has refused them for now."""

    @property
    def standing(self) -> str:
        """What is proved about who calls, a line for whoever takes over: code writes it, and no model."""
        if self.verified is None:
            return NOT_VERIFIED
        return VERIFIED.format(by=one_line(self.verified.by), name=one_line(self.verified.name))

    @property
    def masked_number(self) -> str | None:
        """The number as it may be kept: its last two digits."""
        return f"{'*' * (len(self.number) - SHOWN_DIGITS)}{self.number[-SHOWN_DIGITS:]}" if self.number else None


@dataclass
class Call(Generic[State]):
    """One call, from the first ring to the last event in the ledger; LiveKit's `userdata`."""

    id: str
    line: str
    state: State
    database: Database
    ledger: Ledger
    caller: Caller = field(default_factory=Caller)
    agent: str = ""
    """The name of the agent that has the caller, or is to have them first."""
    departure: Departure = field(default_factory=Departure)
    desk: Desk = field(default_factory=Desk)
    """What callers may ask of people."""
    typing: TypedLine | None = None
    """What the caller has typed and the agent is being given."""
    origin: str | None = None
    """What it has in common with the calls that it goes on from; None: there are none."""
