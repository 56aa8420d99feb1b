"""An answer that had to be asked for again."""

import pytest

from switchboard.ledger.events import Failed, Repeated
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import agent, caller, struck

ASKED_AGAIN = RULES["asked_again"]
BEFORE = [agent("Welcome to Fernway."), caller("Where is my order?"), agent("It comes tomorrow.")]


@pytest.mark.parametrize(
    "words",
    [
        "Could you say that again, please?",
        "Can you please repeat that?",
        "Sorry, what did you say?",
        "Pardon?",
        "Sorry, pardon me?",
        "Sorry, come again?",
        "What was that?",
        "I didn\u2019t quite catch that.",
        "I can't hear you.",
        "Hello? Are you still there?",
        "Hello?",
    ],
)
def test_a_caller_who_asks_to_hear_it_again_strikes(words: str) -> None:
    (found,) = struck(ASKED_AGAIN, BEFORE, caller(words))
    assert found.sentence == "The caller asked to hear it again."


@pytest.mark.parametrize(
    "words",
    [
        "Hello.",
        "I'll say it again: I want to cancel.",
        "Can you say that to the driver?",
        "I didn't get that parcel.",
        "I didn't understand the letter.",
        "Are you there on Sundays?",
        "Could you repeat the order for me?",
        "What was that letter about?",
        "Pardon my French, but it is broken.",
    ],
)
def test_a_caller_who_speaks_of_something_else_does_not(words: str) -> None:
    assert struck(ASKED_AGAIN, BEFORE, caller(words)) == []


def test_a_call_may_begin_with_a_question_whether_somebody_is_there() -> None:
    assert struck(ASKED_AGAIN, agent("Welcome to Fernway."), caller("Hello?")) == []
    assert struck(ASKED_AGAIN, caller("Hello?"), caller("Are you there?")) == []


def test_a_model_that_asks_for_what_it_has_been_given_strikes() -> None:
    (found,) = struck(ASKED_AGAIN, Repeated(agent="support", tool="find_order", times=2))
    assert found.sentence == "support asked find_order for what it had just been given."


def test_a_service_that_failed_and_was_asked_again_strikes() -> None:
    (found,) = struck(ASKED_AGAIN, Failed(source="model", message="APIError", recoverable=True))
    assert found.sentence == "A service failed, and was asked again."


def test_a_lost_connection_and_an_end_ask_for_no_answer_again() -> None:
    away = Failed(source="model", message="APIConnectionError", recoverable=True)
    over = Failed(source="model", message="APIError", recoverable=False)
    assert struck(ASKED_AGAIN, away, over) == []
