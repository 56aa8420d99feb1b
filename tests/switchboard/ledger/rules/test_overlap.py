"""Talking over one another."""

from switchboard.ledger.events import Event, Turn
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import struck

TALKED_OVER = RULES["talked_over"]


def turn(ended_at: float, interrupted_at: float | None = None, first_sound_ms: float = 500) -> Event:
    return Turn(
        at=ended_at + 4,
        agent="support",
        ended_at=ended_at,
        first_sound_ms=first_sound_ms,
        silence_ms=first_sound_ms,
        interrupted_at=interrupted_at,
    )


def test_an_agent_who_begins_while_the_caller_goes_on_strikes() -> None:
    (found,) = struck(TALKED_OVER, turn(10, interrupted_at=10.8))
    assert (found.at, found.sentence) == (10.8, "support began to speak while the caller went on.")


def test_two_interruptions_in_a_row_strike_at_the_second() -> None:
    (found,) = struck(TALKED_OVER, turn(10, interrupted_at=13), turn(20, interrupted_at=22))
    assert (found.at, found.sentence) == (22, "The caller had to speak over support twice in a row.")


def test_one_interruption_or_two_apart_do_not_strike() -> None:
    assert struck(TALKED_OVER, turn(10, interrupted_at=13), turn(20), turn(30, interrupted_at=32)) == []


def test_what_is_both_strikes_once() -> None:
    assert len(struck(TALKED_OVER, turn(10, interrupted_at=13), turn(20, interrupted_at=20.6))) == 1


def test_an_interruption_takes_longer_than_to_hear_that_somebody_has_begun() -> None:
    assert struck(TALKED_OVER, turn(10, interrupted_at=11.0)) == []
