"""From one agent to the next: until the next has answered, nobody else does."""

import pytest

from switchboard.realtime.handover import Arrival, Handover

ARRIVAL = Arrival("text")


@pytest.fixture
def handover() -> Handover:
    begun = Handover()
    begun.begin(ARRIVAL)
    return begun


def test_there_is_none_before_it_begins() -> None:
    handover = Handover()
    handover.answered()

    assert handover.runs is False
    assert handover.take() is None


def test_how_the_next_agent_arrives_is_told_once(handover: Handover) -> None:
    assert handover.runs
    assert handover.take() is ARRIVAL
    assert handover.take() is None
    assert handover.runs


def test_an_answer_before_the_next_agent_is_there_is_not_theirs(handover: Handover) -> None:
    handover.answered()

    assert handover.runs


def test_with_the_next_agents_answer_it_is_over(handover: Handover) -> None:
    handover.arrive(answers=True)
    assert handover.runs
    handover.answered()

    assert not handover.runs


def test_an_agent_who_listens_first_has_arrived_at_once(handover: Handover) -> None:
    handover.arrive(answers=False)

    assert not handover.runs


def test_the_next_one_waits_for_its_own_agent(handover: Handover) -> None:
    handover.arrive(answers=True)
    handover.answered()
    handover.begin(ARRIVAL)
    handover.answered()

    assert handover.runs


def test_one_that_is_given_up_leaves_nobody_to_arrive(handover: Handover) -> None:
    handover.end()

    assert not handover.runs
    assert handover.take() is None
