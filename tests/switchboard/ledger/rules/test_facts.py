"""A fact that was asked for twice."""

import pytest

from switchboard.ledger.events import Event
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import agent, caller, struck, tool

ASKED_TWICE = RULES["asked_twice"]
ORDER, POSTCODE = agent("What's your order number, please?", "greeter"), agent("And the postcode of your account?")


@pytest.mark.parametrize(
    ("asked", "given", "again", "fact"),
    [
        (ORDER, "It's 10042.", "Could you tell me the order number?", "order number"),
        (ORDER, "One double oh four two.", "I still need the order number.", "order number"),
        (ORDER, "It's the blue one, 10042", "What is the number of your order?", "order number"),
        (agent("Hello."), "My order number is 10042", "Can I have your order number?", "order number"),
        (POSTCODE, "SW1A 2AA", "Could you tell me your postcode?", "postcode"),
        (POSTCODE, "S W 1 A, 2 A A.", "And your post code, please.", "postcode"),
        (POSTCODE, "m1 1ae", "What\u2019s the postcode?", "postcode"),
    ],
)
def test_a_fact_that_the_caller_had_given_strikes_when_it_is_asked_for_again(
    asked: Event, given: str, again: str, fact: str
) -> None:
    (found,) = struck(ASKED_TWICE, asked, caller(given), agent(again))
    assert (found.at, found.sentence) == (3.0, f"support asked for the {fact}, which the caller had given.")


def test_what_a_tool_has_taken_was_given() -> None:
    assert len(struck(ASKED_TWICE, tool("find_order", order_number="10042"), ORDER)) == 1
    assert len(struck(ASKED_TWICE, tool("verify_caller", postcode="M1 1AE"), POSTCODE)) == 1


def test_each_time_strikes() -> None:
    assert [found.at for found in struck(ASKED_TWICE, ORDER, caller("10042"), ORDER, caller("10042!"), ORDER)] == [3, 5]


@pytest.mark.parametrize(
    "events",
    [
        [ORDER, ORDER],
        [ORDER, caller("I don't have it."), ORDER],
        [ORDER, caller("It's 1004."), agent("Is your order number one oh oh four? I mean 1004?")],
        [ORDER, caller("My phone is 07700 900123."), ORDER],
        [ORDER, caller("10042 or 10043"), ORDER],
        [ORDER, caller("10042"), agent("Your order number is 10042. Right?")],
        [ORDER, caller("10042"), agent("I have your order number now.")],
        [ORDER, caller("10042"), agent("Could you give me the other order number?")],
        [ORDER, caller("10042"), agent("Is there another order number?")],
        [ORDER, caller("10042"), caller("No, I mean the other order."), ORDER],
        [ORDER, caller("10042"), tool("find_order", failed=True, order_number="10042"), ORDER],
        [POSTCODE, caller("SW1A 2AA"), tool("verify_caller", failed=True, postcode="SW1A 2AA"), POSTCODE],
        [agent("When does it suit you?"), caller("At 10 am."), POSTCODE],
        [ORDER, caller("10042"), POSTCODE],
        [tool("find_order", order_number=""), ORDER],
    ],
)
def test_a_question_that_has_a_reason_does_not_strike(events: list[Event]) -> None:
    assert struck(ASKED_TWICE, *events) == []


def test_a_fact_that_was_wrong_and_is_given_anew_was_given() -> None:
    wrong = tool("find_order", failed=True, order_number="10042")
    assert len(struck(ASKED_TWICE, ORDER, caller("10042"), wrong, ORDER, caller("10043"), ORDER)) == 1


def test_the_sentence_has_nothing_of_what_was_said() -> None:
    (found,) = struck(ASKED_TWICE, ORDER, caller("10042, for Anna"), ORDER)
    assert "10042" not in found.sentence
    assert "Anna" not in found.sentence
