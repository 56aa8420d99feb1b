"""The sentences of the engine that a mind without a model has to know: it fails when either side is worded anew."""

import json
from pathlib import Path

import pytest

from simulator.playbook_format import Book
from simulator.sentences import ALOUD, CUT, EXACTLY
from simulator.strict_yaml import Document
from switchboard.line import sentences
from switchboard.line.context import brief_text
from switchboard.line.quoted import Said, as_json

PLAYBOOK = Path(__file__).parents[2] / "workflows" / "support_line.playbook.yaml"
WORDS = 'I\'ll get "somebody".'


def test_what_must_be_said_exactly_is_recognised_with_its_words() -> None:
    found = EXACTLY.match(sentences.EXACTLY.format(words=WORDS))
    assert found and found["text"] == WORDS


def test_what_was_heard_of_a_cut_answer_is_recognised() -> None:
    found = CUT.search(sentences.REST.format(heard=WORDS))
    assert found and found["heard"] == WORDS


def test_what_is_read_aloud_is_recognised_with_its_words() -> None:
    found = ALOUD.match(sentences.READ_ALOUD.format(text=WORDS))
    assert found and found["text"] == WORDS


@pytest.fixture(scope="module")
def book() -> Book:
    return Document(PLAYBOOK.read_text(encoding="utf-8")).read(Book)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("STILL_THERE", "still"),
        ("STILL_SILENT", "still"),
        ("ONE_MINUTE", "minute"),
        ("GOODBYE_SILENCE", "goodbye"),
        ("GOODBYE_LENGTH", "goodbye"),
        ("GOODBYE_COST", "goodbye"),
        ("SAY_GOODBYE", "goodbye"),
        ("BACK_AGAIN", "back"),
        ("CALLED_AGAIN", "same matter"),
        ("WITH_THE_NEXT", "waiting"),
    ],
)
def test_a_moment_of_a_call_has_words_of_its_own_in_the_playbook(book: Book, sentence: str, words: str) -> None:
    moment = next(moment for moment in book.moments if moment.match.search(getattr(sentences, sentence)))
    assert words in moment.say[0]


def test_the_playbook_reads_the_reason_in_a_brief(book: Book) -> None:
    pattern = book.slots["trouble"].pattern
    assert pattern
    found = pattern.search(brief_text(WORDS, facts="none", tried="nothing"))
    assert found and json.loads(f'"{found[1]}"') == WORDS


def test_the_playbook_tells_a_person_who_gives_the_caller_back_from_one_who_could_not_be_reached(book: Book) -> None:
    said, back, _ = (after.match for after in book.tools["transfer_to_shop_desk"].after)
    handed_back = sentences.HANDED_BACK.format(name="shop desk", again=sentences.WITH_YOU_AGAIN)
    unreached = sentences.UNREACHED.format(name="shop desk", again=sentences.WITH_YOU_AGAIN)
    words = f"[{Said('caller', 'hello')}, {Said('shop desk', WORDS)}]"
    told = handed_back + sentences.SAID.format(said=words) + sentences.MEANWHILE.format(typed=as_json(["hello"]))

    assert back.search(handed_back) and not back.search(unreached)
    found = said.search(told)
    assert found and json.loads(f'"{found["told"]}"') == WORDS
    assert not said.search(handed_back)
