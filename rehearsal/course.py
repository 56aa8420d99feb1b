"""The course of a call, as its events tell it: turn by turn, and from agent to agent."""

from collections.abc import Sequence

from switchboard.ledger.events import Answered, CallerSpoke, Event, HandoffDone


def exchanges(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    """The greeting, and what follows each thing that the caller said, with that."""
    turns: list[tuple[str, list[Event]]] = [("", [])]
    for event in events:
        if isinstance(event, CallerSpoke):
            turns.append((event.text, []))
        turns[-1][1].append(event)
    return turns


def who_had(events: Sequence[Event]) -> list[str]:
    """The agents that had the caller, one after the other."""
    had = [event.agent for event in events if isinstance(event, Answered)]
    return had + [event.target for event in events if isinstance(event, HandoffDone)]
