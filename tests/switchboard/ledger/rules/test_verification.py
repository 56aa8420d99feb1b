"""A caller who could not show who they are."""

import pytest

from switchboard.ledger.events import Ended, Event, Remembered, VerificationHeld
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import struck, tool

REFUSED = RULES["verification_refused"]
WRONG, RIGHT = tool("verify_caller", failed=True, postcode="M1 1AE"), tool("verify_caller", postcode="M1 1AB")
KNOWN = Remembered(state={}, verified={"account": "1", "name": "Anna", "by": "a code"})
OVER = Ended(reason="caller_left")


def test_tries_that_are_used_up_strike_at_once() -> None:
    (found,) = struck(REFUSED, WRONG, VerificationHeld(held=("postcode", "number")))
    assert (found.at, found.sentence) == (
        3.0,
        "Too many tries at verification: the next ones wait, by postcode and number.",
    )


def test_a_call_that_ends_before_any_try_was_enough_strikes_at_the_last() -> None:
    (found,) = struck(REFUSED, WRONG, WRONG, OVER)
    assert (found.at, found.sentence) == (
        4.0,
        "The caller was not verified by verify_caller, and no other try was enough.",
    )


@pytest.mark.parametrize(
    "events",
    [
        [WRONG],
        [WRONG, RIGHT, KNOWN, OVER],
        [KNOWN, WRONG, OVER],
        [tool("find_order", failed=True, order_number="10042"), OVER],
        [OVER],
    ],
    ids=["another try may come", "verified", "verified before", "another tool", "no try"],
)
def test_who_was_not_refused_does_not_strike(events: list[Event]) -> None:
    assert struck(REFUSED, *events) == []


def test_one_refusal_strikes_once() -> None:
    assert len(struck(REFUSED, WRONG, VerificationHeld(held=("call",)), OVER)) == 1
