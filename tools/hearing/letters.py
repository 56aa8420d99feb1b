"""Letters as people spell them: "S", "sierra", "S for sugar", "double u", "double A"."""

from collections.abc import Iterator, Sequence

from switchboard.redaction.letters import LETTERS, NAMED
from tools.hearing.numerals import REPEATS, is_numeral
from tools.hearing.words import Meaning, word_at

YOU = frozenset(("u", "you", "yew"))
LIKE = (("for",), ("as", "in"), ("is", "for"), ("like",), ("4",), ())


def letter(word: str) -> str | None:
    """One letter, said by its name or by its word; None for anything else."""
    return word if len(word) == 1 and word.isalpha() else LETTERS.get(word)


def letters(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """The letters that the words from `at` on could mean."""
    word, after = word_at(words, at), word_at(words, at + 1)
    if found := letter(word):
        yield 1, found
        yield from ((1 + used, found) for used in _examples(words, at + 1, found) if word == found or word in NAMED)
    if word == "double" and after in YOU:
        yield 2, "w"
        yield from ((2 + used, "w") for used in _examples(words, at + 2, "w"))
    if word in REPEATS and (found := letter(after)):
        yield 2, found * REPEATS[word]


def _examples(words: Sequence[str], at: int, said: str) -> Iterator[int]:
    """How many words tell which letter was said: "for sugar", "as in whisky", "apple"."""
    for like in LIKE:
        end = at + len(like)
        example = word_at(words, end)
        is_said = tuple(words[at:end]) == like and example.startswith(said)
        # After a number, or nothing, a short word could be the next symbol itself.
        if is_said and (_tells(example) if like in (("4",), ()) else True):
            yield len(like) + 1


def _tells(example: str) -> bool:
    """Whether a word can only be there to tell a letter from others."""
    return len(example) > 3 and not is_numeral(example)
