"""The way from one agent to the next, as the realtime session has to know it."""

from dataclasses import dataclass

from switchboard.line.context import ContextChoice
from switchboard.line.voices import Modality


@dataclass(frozen=True)
class Arrival:
    """How the next agent takes over: in which modality, and with what of the server's conversation (None: all)."""

    modality: Modality
    context: ContextChoice | None = None


class Handover:
    """While it `runs` the caller's words are kept for the next agent, and nobody else answers them."""

    def __init__(self) -> None:
        self.runs = False
        self._arrival: Arrival | None = None
        self._arrived = False

    def begin(self, arrival: Arrival) -> None:
        """The agent at hand has answered for the last time."""
        self._arrival = arrival
        self.runs = True
        self._arrived = False

    def take(self) -> Arrival | None:
        """How the next agent takes over, for the first who asks."""
        arrival, self._arrival = self._arrival, None
        return arrival

    def arrive(self, *, answers: bool) -> None:
        """The next agent is there. With `answers` its own answer comes next, and until then still no other does."""
        self._arrived = True
        if not answers:
            self.end()

    def answered(self) -> None:
        """An answer has begun: with the next agent there it is theirs."""
        if self._arrived:
            self.end()

    def end(self) -> None:
        """Whoever answers now answers in the name of the agent at hand."""
        self.runs = False
        self._arrival = None
