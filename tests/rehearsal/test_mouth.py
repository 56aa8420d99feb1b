"""What is known to have been said of a sentence, while it is being said."""

import pytest

from rehearsal.mouth import Sentence
from simulator.voice import synthesize

WORDS = "Where is order 10042? SW1A 2AA"


@pytest.fixture
def sentence() -> Sentence:
    return Sentence(synthesize(WORDS, "caller", 1.0), begins_ms=1000)


def test_each_word_is_told_once_when_it_has_been_said(sentence: Sentence) -> None:
    words = sentence.speech.words
    told = [sentence.more(1001 + word.end_ms) for word in words]  # the sum of two fractions may be less than it

    assert [sentence.more(500), "".join(told), sentence.more(90_000)] == ["", WORDS, ""]
    assert len(list(filter(None, told))) == len(words) == 6


def test_all_of_it_is_told_when_it_is_over(sentence: Sentence) -> None:
    assert not sentence.over
    assert sentence.more(1001 + sentence.speech.ms) == WORDS
    assert sentence.over
