"""What happens in one call, drawn from its seed: what the caller says, how soon, and what goes wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bench.chaos_line import AGENTS
from simulator.faults import Fault, When

MOST_TURNS, MOST_SPOKEN, MOST_FAULTS = 8, 4, 3
FARTHEST_EVENT = 120
IMPATIENT = {False: (0.0, 0.002, 0.01, 0.03, 0.08, 0.2, 0.5), True: (0.8, 1.2, 2.0, 3.0)}
"""So many seconds after what they said last a caller says the next thing: one who types, one who speaks."""
KINDS = ("ask", "ask", "find", "search", "write", "pass")
WORDS = {
    "ask": "Please tell me about {tag}.",
    "find": "Please find {tag}.",
    "search": "Please search for {tag}.",
    "write": "Please open a ticket about {tag}.",
    "pass": "Please put me through to {target} about {tag}.",
}
ANYWHERE = ("drop", "drop", "drop", "close", "expire", "malformed", "stall", "duplicate", "wrong_order")
NO_PIECE = "*[!a]"
"""Any event but a `delta`: nothing tells the order of those."""
OURS = ("conversation.item.create", "response.create", "response.cancel", "session.update", "conversation.item.delete")
OF_ANSWERS = ("failed_response", "rate_limit", "drop_mid_response", "drop_idle")


@dataclass(frozen=True)
class Turn:
    """`wait`: so many seconds after the one before; None: when that was answered."""

    kind: str
    tag: str
    target: str
    wait: float | None

    @property
    def words(self) -> str:
        """What the caller says."""
        return WORDS[self.kind].format(tag=self.tag, target=self.target)


@dataclass(frozen=True)
class Script:
    """One call."""

    number: int
    spoken: bool
    turns: Sequence[Turn]
    faults: Sequence[Fault]
    options: Mapping[str, float]


def script(seed: int, number: int, spoken: bool) -> Script:
    """Call `number` of the run with that seed."""
    dice = Random(f"{seed}/{number}")
    turns = [_turn(dice, place, spoken) for place in range(dice.randint(2, MOST_SPOKEN if spoken else MOST_TURNS))]
    faults = [_fault(dice, spoken) for _ in range(dice.randint(1, MOST_FAULTS))]
    options = {
        "text_word": dice.choice((0.0, 0.005, 0.02)),
        "arguments_piece": dice.choice((0.0, 0.02)),
        "round_trip": dice.choice((0.0, 0.0, 0.04)),
        "first_token": dice.choice((0.0, 0.05, 0.2)),
        "connect_delay": dice.choice((0.0, 0.1)),
    }
    return Script(number, spoken, turns, faults, options)


def _turn(dice: Random, place: int, spoken: bool) -> Turn:
    kind = dice.choice(KINDS)
    hurries = place > 0 and dice.random() < 0.5
    return Turn(kind, f"t{place}", dice.choice(AGENTS), dice.choice(IMPATIENT[spoken]) if hurries else None)


def _fault(dice: Random, spoken: bool) -> Fault:
    where = dice.random()
    if spoken and where < 0.2:
        return _lasting(dice)
    if where < 0.6:
        return _at_an_event(dice)
    when: When = dice.choice(("before", "after"))
    if where < 0.75:
        return Fault("drop", at=dice.choice(OURS), when=when, nth=dice.randint(1, MOST_TURNS))
    name = dice.choice(OF_ANSWERS)
    settings = {"seconds": 0.3} if name == "rate_limit" else {}
    return Fault(name, skip=dice.randint(0, MOST_TURNS), settings=settings)


def _lasting(dice: Random) -> Fault:
    """Only where somebody keeps the caller company: who types alone reads nothing until it is over."""
    name = dice.choice(("half_open", "stall", "rate_limit"))
    if name == "rate_limit":
        return Fault(name, skip=dice.randint(0, MOST_SPOKEN), settings={"seconds": dice.choice((1.0, 3.0))})
    settings = {"seconds": dice.choice((3.0, 8.0))} if name == "stall" else {}
    return Fault(name, at="*", nth=dice.randint(1, FARTHEST_EVENT), when="after", settings=settings)


def _at_an_event(dice: Random) -> Fault:
    name, nth = dice.choice(ANYWHERE), dice.randint(1, FARTHEST_EVENT)
    if name in ("duplicate", "wrong_order"):
        return Fault(name, at="*" if name == "duplicate" else NO_PIECE, nth=nth)
    settings = {"seconds": dice.choice((0.2, 0.6))} if name == "stall" else {}
    return Fault(name, at="*", nth=nth, when=dice.choice(("before", "after")), settings=settings)
