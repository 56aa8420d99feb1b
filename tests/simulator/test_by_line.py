"""Several lines are answered by one simulator, each by its own mind."""

from dataclasses import dataclass

import pytest

from simulator.by_line import ByLine
from simulator.mind import MindError, Reply, Request, Say


@dataclass
class Parrot:
    """Says one thing."""

    words: str

    def answer(self, request: Request) -> Reply:
        return [Say(self.words)]

    def hear(self, session_id: str) -> str | None:
        return None


MIND = ByLine({"shop": Parrot("Hello"), "clinic": Parrot("Guten Tag"), "bank": None})


@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        ("You are `greeter` on the line `shop`.\nBe kind.", "Hello"),
        ("You are `reception` on the line `clinic`.\nSay that you are not `greeter` on the line `shop`.", "Guten Tag"),
        ("\n You are `briefing` on the line `clinic`.", "Guten Tag"),
        ("You are `greeter` on the line `nowhere`.", "Hello"),
        ("You are a helpful assistant of the line `clinic`.", "Hello"),
        ("", "Hello"),
    ],
)
def test_a_session_is_answered_as_its_line(instructions: str, said: str) -> None:
    assert MIND.answer(asked(instructions)) == [Say(said)]


def test_a_line_without_a_playbook_is_answered_by_no_other_one() -> None:
    with pytest.raises(MindError, match="The line bank has no playbook"):
        MIND.answer(asked("You are `teller` on the line `bank`."))


def test_each_mind_that_has_something_to_load_is_warmed() -> None:
    @dataclass
    class Heavy(Parrot):
        warm_ups: int = 0

        def warm(self) -> None:
            self.warm_ups += 1

    heavy = Heavy("Hello")
    ByLine({"shop": heavy, "clinic": Parrot("Guten Tag"), "bank": None}).warm()

    assert heavy.warm_ups == 1


def asked(instructions: str) -> Request:
    return Request(instructions, "", (), (), "audio", "s1")
