"""What does not hold of a turn is told with the turn."""

from rehearsal.held import Held
from rehearsal.judge import judge
from rehearsal.scenario import Holds
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event
from switchboard.ledger.prices import Prices

EVENTS: list[Event] = [
    AgentSpoke(agent="greeter", text="Hello."),
    CallerSpoke(text="Where is it?"),
    AgentSpoke(agent="greeter", text="It is lost."),
    CallerSpoke(text="Pardon?"),
    AgentSpoke(agent="greeter", text="Lost."),
]


def _told(*says: str) -> list[tuple[str, str]]:
    holds = Holds.model_validate({"turns": [{"says": [each]} for each in says]})
    return [(miss.expected, miss.heard) for miss in judge(holds, Held(events=EVENTS), (), Prices(()))]


def test_of_several_turns_the_first_is_told_that_is_not_as_it_should_be() -> None:
    assert _told("hello", "lost", "lost") == []
    assert _told("hello", "here", "here") == [('turn 1, "Where is it?": says /here/', "greeter: It is lost.")]
    assert _told("good day", "here") == [("the greeting: says /good day/", "greeter: Hello.")]


def test_a_turn_that_never_came_is_told() -> None:
    assert _told("hello", "lost", "lost", "bye") == [("turn 3: says /bye/", "nothing")]
