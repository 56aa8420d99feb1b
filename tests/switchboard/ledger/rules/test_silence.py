"""Dead air strikes where nothing was heard, and nowhere else."""

import pytest

from switchboard.ledger.events import Event, Filled, Turn
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import handoff, struck

DEAD_AIR = RULES["dead_air"]


def turn(silence_ms: float | None, ended_at: float = 10.0, at: float = 15.0) -> Event:
    return Turn(agent="support", ended_at=ended_at, at=at, first_sound_ms=silence_ms, silence_ms=silence_ms)


def test_a_silence_of_more_than_two_seconds_strikes_when_it_began() -> None:
    (found,) = struck(DEAD_AIR, turn(2400))
    assert (found.at, found.sentence) == (10.0, "The caller heard nothing for 2.4 s before support answered.")


def test_an_answer_that_never_came_strikes() -> None:
    (found,) = struck(DEAD_AIR, turn(None, at=13.5))
    assert (found.at, found.sentence) == (10.0, "support did not answer: silence for 3.5 s.")


def test_a_silent_handoff_strikes_when_its_silence_began() -> None:
    (found,) = struck(DEAD_AIR, handoff(12.0, 2500))
    assert (found.at, found.sentence) == (9.5, "Silence for 2.5 s between greeter and support.")


def test_the_silence_of_a_handoff_in_a_turn_strikes_once() -> None:
    (found,) = struck(DEAD_AIR, handoff(12.9, 2600), turn(2900))
    assert found.at == 10.0


@pytest.mark.parametrize(
    "events",
    [
        [turn(2000)],
        [turn(None, at=11.9)],
        [handoff(12.0, 1900), handoff(20.0, None)],
        [Filled(at=11.0, agent="greeter", waits_for="service", text="One moment."), handoff(12.0, 2500)],
        [handoff(11.5, 2600), turn(1600)],
    ],
    ids=["a short one", "spoken again at once", "handoffs", "words for a wait", "a turn that was answered in time"],
)
def test_what_is_no_dead_air_does_not_strike(events: list[Event]) -> None:
    assert struck(DEAD_AIR, events) == []


def test_words_for_a_wait_before_the_silence_of_a_handoff_fill_nothing_of_it() -> None:
    words = Filled(at=8.0, agent="greeter", waits_for="service", text="One moment.")
    assert len(struck(DEAD_AIR, words, handoff(12.0, 2500))) == 1
