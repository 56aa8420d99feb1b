"""Talking over one another."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from switchboard.ledger.events import Event, Turn
from switchboard.ledger.rules.rule import rule

TOGETHER_SECONDS = 0.5
"""Nobody hears that fast that another has begun, and speaks: whoever begins so soon had not finished."""


@rule("The caller and an agent talked over one another.")
def talked_over(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """One interruption is how people talk. Two in a row are not, nor is an agent who begins while they go on."""
    turns = [event for event in events if isinstance(event, Turn)]
    struck: set[float] = set()
    for turn in turns:
        if turn.interrupted_at is not None and turn.interrupted_at - _began(turn) < TOGETHER_SECONDS:
            struck.add(turn.ended_at)
            yield turn.interrupted_at, f"{turn.agent} began to speak while the caller went on."
    for before, turn in pairwise(turns):
        if before.interrupted_at is not None and turn.interrupted_at is not None and turn.ended_at not in struck:
            yield turn.interrupted_at, f"The caller had to speak over {turn.agent} twice in a row."


def _began(turn: Turn) -> float:
    return turn.ended_at + (turn.first_sound_ms or 0) / 1000
