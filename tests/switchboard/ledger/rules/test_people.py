"""A caller who wanted a person, and got none."""

import pytest

from switchboard.ledger.events import CallTransferred, Ended, EndReason, Event, TransferOutcome
from switchboard.ledger.rules import RULES
from tests.switchboard.ledger.rules.call import caller, person, struck

NO_PERSON = RULES["no_person"]
ASKED = caller("Can I speak to a person?")


def ended(reason: EndReason = "caller_left") -> Event:
    return Ended(reason=reason)


def transferred(outcome: TransferOutcome) -> Event:
    return CallTransferred(agent="escalation", target="warehouse", outcome=outcome, ms=5)


@pytest.mark.parametrize(
    "words",
    [
        "Can I speak to a person?",
        "I'd like to talk to a real human being, please.",
        "I want to speak with your supervisor.",
        "Put me through to a manager.",
        "Get me a human!",
        "Human, please.",
        "Operator!",
        "I need a real person.",
        "Let me talk to someone else.",
        "I asked to speak to a colleague.",
    ],
)
def test_whoever_asked_for_a_person_and_got_none_strikes_when_they_asked(words: str) -> None:
    (found,) = struck(NO_PERSON, caller("Hello."), caller(words), ended())
    assert (found.at, found.sentence) == (2.0, "The caller asked for a person, and the call ended without one.")


@pytest.mark.parametrize(
    "words",
    [
        "I don't want to speak to a person.",
        "No need to speak to a manager.",
        "Did you speak to the manager?",
        "They told me to talk to a person.",
        "I need a person to sign for it.",
        "I would like to speak to the person who delivered it.",
        "I like people.",
        "A manager signed it.",
        "Is there a human in the picture?",
    ],
)
def test_whoever_speaks_of_people_has_not_asked_for_one(words: str) -> None:
    assert struck(NO_PERSON, caller(words), ended()) == []


def test_a_person_who_was_rung_in_vain_strikes() -> None:
    (found,) = struck(NO_PERSON, person("called"), person("no_answer"), person("unreached"), ended("goodbye"))
    assert found.at == 1.0


@pytest.mark.parametrize(
    "got",
    [[person("called"), person("joined"), ended("goodbye")], [transferred("done"), ended()], [ended("callback")]],
    ids=["joined", "sent there", "called back"],
)
def test_whoever_got_one_does_not_strike(got: list[Event]) -> None:
    assert struck(NO_PERSON, ASKED, got) == []


def test_a_number_that_did_not_take_the_caller_is_no_person() -> None:
    assert len(struck(NO_PERSON, ASKED, transferred("busy"), ended())) == 1


def test_whoever_asks_for_another_one_afterwards_asks_again() -> None:
    assert [found.at for found in struck(NO_PERSON, ASKED, person("joined"), ASKED, ended())] == [3.0]


def test_there_may_still_be_one_while_the_call_runs() -> None:
    assert struck(NO_PERSON, ASKED) == []
