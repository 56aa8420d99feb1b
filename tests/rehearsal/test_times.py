"""What callers wait for, as a scenario may bound it."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.costs import prices_of
from app.rehearsals import OFFLINE
from rehearsal.held import Held
from rehearsal.judge import judge
from rehearsal.scenario import Holds
from switchboard.ledger.events import AgentSpoke, Event, HandoffDone, Turn
from switchboard.settings.environment import load_settings
from workflows.support_line import SUPPORT_LINE

UNANSWERED = Turn(agent="greeter", ended_at=3)
ANSWERED = Turn(at=9.2, agent="greeter", ended_at=5, first_sound_ms=700)
HANDED_OVER = HandoffDone(
    at=12.1, source="greeter", target="support", arrived_ms=20, spoke_ms=400, silence_ms=350, socket_kept=True
)
EVENTS = (UNANSWERED, ANSWERED, HANDED_OVER)
SPOKE = AgentSpoke(agent="greeter", text="Hello.")


def misses(events: Sequence[Event], sound: float = 1.0, **holds: Any) -> list[tuple[str, str]]:
    held = Held(events=events, sound=sound)
    prices = prices_of(load_settings(None, OFFLINE))
    return [(each.expected, each.heard) for each in judge(Holds(**holds), held, SUPPORT_LINE.watched, prices)]


def test_what_is_as_quick_as_it_has_to_be_holds() -> None:
    assert misses(EVENTS, first_sound_ms=700, handoff_silence_ms=350) == []


def test_what_takes_longer_is_told_with_its_agent_and_its_moment() -> None:
    assert misses(EVENTS, first_sound_ms=699, handoff_silence_ms=349) == [
        ("an answer is heard after 699 ms at most", "greeter, at 9.2 s: 700 ms"),
        ("the next agent after a handoff is heard after 349 ms at most", "support, at 12.1 s: 350 ms"),
    ]


@pytest.mark.parametrize("bound", ["first_sound_ms", "handoff_silence_ms"])
def test_what_was_never_heard_was_not_quick(bound: str) -> None:
    assert [heard for _, heard in misses([UNANSWERED], **{bound: 60_000})] == ["it was never heard"]


def test_agents_who_speak_are_to_be_heard() -> None:
    assert misses([SPOKE], sound=0.0) == [("the caller hears the agents", "not a sound")]
    assert misses([SPOKE], sound=0.1) == []
