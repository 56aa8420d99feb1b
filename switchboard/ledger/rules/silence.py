"""Dead air: nobody speaks, and nothing tells the caller that somebody will."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.ledger.events import Event, Filled, HandoffDone, Turn
from switchboard.ledger.rules.rule import rule

LONGEST_SECONDS = 2.0


@dataclass(frozen=True)
class Silence:
    """What the caller heard nothing of, from `start` to `end` of the call."""

    start: float
    end: float
    sentence: str

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def meets(self, other: "Silence") -> bool:
        """Whether they are, in part, the same silence."""
        return self.start < other.end and other.start < self.end


@rule("The caller heard nothing for more than two seconds.")
def dead_air(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """After what they said, and in handoffs, unless words or music were played meanwhile."""
    turns = [_after(event) for event in events if isinstance(event, Turn)]
    filled = [event.at for event in events if isinstance(event, Filled)]
    handoffs = [_between(event) for event in events if isinstance(event, HandoffDone) and event.silence_ms]
    alone = [
        silence
        for silence in handoffs
        if not any(silence.meets(turn) for turn in turns) and not any(silence.start < at < silence.end for at in filled)
    ]
    for silence in (*turns, *alone):
        if silence.seconds > LONGEST_SECONDS:
            yield silence.start, silence.sentence.format(seconds=silence.seconds)


def _after(turn: Turn) -> Silence:
    if turn.silence_ms is None:
        return Silence(turn.ended_at, turn.at, f"{turn.agent} did not answer: silence for {{seconds:.1f}} s.")
    end = turn.ended_at + turn.silence_ms / 1000
    return Silence(turn.ended_at, end, f"The caller heard nothing for {{seconds:.1f}} s before {turn.agent} answered.")


def _between(handoff: HandoffDone) -> Silence:
    start = handoff.at - (handoff.silence_ms or 0) / 1000
    return Silence(start, handoff.at, f"Silence for {{seconds:.1f}} s between {handoff.source} and {handoff.target}.")
