"""What a caller hears that no model has made: while they wait, and when nobody else can say anything."""

from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class Words:
    """A line's own. `main.py sounds` records them, for the time when there is no speech at all."""

    moment: str = "One moment, please."
    """An answer takes its time."""
    longer: str = "I'm sorry, this takes a little longer. Please stay on the line."
    looking: tuple[str, ...] = ("I'm still looking.", "Still looking. Thank you for waiting.")
    """A tool takes its time: said in turn."""

    back: str = "Thank you for waiting. Please go on."
    """An outage is over, and nobody has anything to say."""
    refused: str = "I'm sorry, I can't say more about that. Is there something else that I can help you with?"
    """The service's content filter has cut an answer."""
    moving: str = "One moment, please. I'll be right back with you."
    """Another worker takes the call over."""
    sorry: str = "I'm very sorry, our line has a fault and I can't go on. Please call again later. Goodbye."
    """The service does not come back: the call ends."""

    @property
    def all(self) -> tuple[str, ...]:
        """Each of them."""
        others = (self.back, self.refused, self.moving, self.sorry)
        return tuple(dict.fromkeys(chain((self.moment, self.longer), self.looking, others)))
