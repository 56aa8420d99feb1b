"""Words are let through as far as their sound has come, and no farther."""

import pytest

from switchboard.realtime.transcript import START_PACE, PacedTranscript

WORDS = "x" * int(START_PACE)
"""As long as a second of speech."""


class Page:
    """What was let through."""

    def __init__(self) -> None:
        self.transcript = PacedTranscript()
        self.text: list[str] = []

    def words(self, *texts: str) -> None:
        for text in texts:
            self.transcript.words(text, lambda text=text: self.text.append(text))  # type: ignore[misc]


@pytest.fixture
def page() -> Page:
    return Page()


def test_words_wait_for_all_of_their_sound(page: Page) -> None:
    page.words(WORDS, "and")
    assert page.text == []
    page.transcript.audio(0.99)
    assert page.text == []
    page.transcript.audio(0.01)
    assert page.text == [WORDS]
    page.transcript.audio(3 / START_PACE)
    assert page.text == [WORDS, "and"]


def test_words_whose_sound_was_first_do_not_wait(page: Page) -> None:
    page.transcript.audio(2.0)
    page.words(WORDS, WORDS, "and")

    assert page.text == [WORDS, WORDS]


def test_at_the_end_all_words_are_through_and_the_next_answer_begins_at_nothing(page: Page) -> None:
    page.words(WORDS, "and")
    page.transcript.finish()
    assert page.text == [WORDS, "and"]
    page.words("more")

    assert page.text == [WORDS, "and"]


def test_words_without_sound_are_forgotten_with_their_answer(page: Page) -> None:
    page.words(WORDS)
    page.transcript.audio(0.5)
    page.transcript.cut()
    page.transcript.audio(0.6)
    assert page.text == []
    page.words(WORDS)
    page.transcript.audio(0.4)

    assert page.text == [WORDS]


def test_the_pace_is_learned_from_each_sentence_of_more_than_a_second(page: Page) -> None:
    page.words(WORDS * 4)
    page.transcript.audio(2.0)
    page.transcript.finish()
    page.words(WORDS * 2)
    page.transcript.audio(1.0)

    assert page.text == [WORDS * 4, WORDS * 2]


def test_a_sentence_of_a_second_teaches_nothing(page: Page) -> None:
    page.words(WORDS * 4)
    page.transcript.audio(1.0)
    page.transcript.finish()
    page.words(WORDS * 2)
    page.transcript.audio(1.0)

    assert page.text == [WORDS * 4]
