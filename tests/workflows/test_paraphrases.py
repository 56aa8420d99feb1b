"""The lines offline, asked in words that stand in no example: most of what callers want is heard all the same."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from simulator.conversation import Conversation
from simulator.meaning import Meanings, bare
from simulator.playbook import read_book
from switchboard.line.workflow import Workflow
from tests.workflows.stage import message
from workflows.clinic_line import CLINIC_LINE
from workflows.support_line import SUPPORT_LINE

SAID: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
    Path(__file__).with_name("paraphrases.toml").read_text(encoding="utf-8")
)
"""By line and topic; `none`: of no topic."""


def heard_at(line: Workflow) -> list[tuple[str, str, str]]:
    """Each sentence, its topic, and what the line's first agent takes it for."""
    book = read_book(line.playbook or "")
    agent = line.start.name()
    meanings = Meanings(book.meanings(agent), book.near)

    def taken_for(words: str) -> str:
        talk = Conversation(book, meanings, agent, [message("user", words)])
        return talk.wanted[0].topic if talk.wanted else "none"

    return [(words, topic, taken_for(words)) for topic, each in SAID[line.name].items() for words in each]


@pytest.mark.parametrize("line", [SUPPORT_LINE, CLINIC_LINE], ids=lambda line: line.name)
def test_four_of_five_paraphrases_are_understood_and_what_is_besides_is_nothing(line: Workflow) -> None:
    heard = heard_at(line)
    wanted = [each for each in heard if each[1] != "none"]
    missed = [each for each in wanted if each[1] != each[2]]

    assert len(missed) <= len(wanted) / 5, missed
    assert [each for each in heard if each[1] == "none" and each[2] != "none"] == []


@pytest.mark.parametrize("line", [SUPPORT_LINE, CLINIC_LINE], ids=lambda line: line.name)
def test_no_paraphrase_is_an_example(line: Workflow) -> None:
    examples = {bare(each).casefold() for several in read_book(line.playbook or "").meanings() for each in several}

    assert [words for each in SAID[line.name].values() for words in each if bare(words).casefold() in examples] == []
