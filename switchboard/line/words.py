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

    fault: str = "I'm very sorry, our line has a fault and I can't go on."
    """The same, and there is still somebody or something that may help."""
    waits: str = (
        "A caller of our line is waiting, and the assistant has a fault. "
        "To take the call, press 1. If you can't, press 2."
    )
    """What a person hears who is rung for a caller whom nobody serves."""
    take: str = "A caller is waiting. To take the call, press 1. If you can't, press 2."
    """What a person hears to whom the agent that is to brief them says nothing."""
    through: str = "I'm putting you through now."
    """The caller's phone is sent elsewhere."""
    press: str = "If you would like a colleague to call you back on the number that you call from, press 1."
    number: str = "If you would like a colleague to call you back, type your phone number, and then the hash key."
    booked: str = "Thank you. A colleague will call you back as soon as somebody is free. Goodbye."
    later: str = "I'm sorry that nobody can help you now. Please call again later. Goodbye."
    """Nobody and nothing could."""

    @property
    def all(self) -> tuple[str, ...]:
        """Each of them."""
        waiting = chain((self.moment, self.longer), self.looking, (self.back, self.refused, self.moving))
        last = (self.sorry, self.fault, self.through, self.press, self.number, self.booked, self.later)
        return tuple(dict.fromkeys(chain(waiting, last, (self.waits, self.take))))
