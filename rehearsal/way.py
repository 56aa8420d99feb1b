"""How a caller on trial reaches the agents: what every way of calling can do."""

from typing import Protocol

from rehearsal.record import Record
from switchboard.conversation import Conversation
from switchboard.presence import Invitation


class Way(Protocol):
    """Of one call."""

    patience: float
    """Seconds; whoever waits for longer waits in vain, on a busy machine as well."""
    invitation: Invitation | None
    """To the room in which the agents meet the caller; None: there is no room, and nothing is spoken."""

    def begin(self, conversation: Conversation) -> None:
        """The call that it is about, before it starts."""

    def says(self, words: str) -> None:
        """The caller says that, which may take its time."""

    def types(self, keys: str) -> None:
        """The caller types that on the keypad."""

    def hangs_up(self) -> None:
        """The caller leaves."""

    async def hears(self, seconds: float) -> None:
        """Wait until the caller has heard so many seconds of an answer, of what began after their last word."""

    def taken(self, record: Record) -> bool:
        """Whether the agents have taken in all of it, as far as `record` tells."""
        ...

    def understood(self) -> str | None:
        """What the service understands of what it has heard since this was last asked; None: it is not spoken to."""
        ...

    @property
    def sound(self) -> float | None:
        """So many seconds of sound the caller has heard; None: they have no ears."""
        ...

    async def aclose(self) -> None:
        """The call is over."""
