"""What was said, as plain text, and what words that stand in a row could spell."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile
from typing import TypeVar

T = TypeVar("T")

LONGEST = 500
"""Characters. Nobody needs more to say a number or an address, and nothing is looked for in more."""

HESITATIONS = frozenset({"ah", "er", "erm", "hmm", "mm", "uh", "uhm", "um"})
DENIALS = frozenset({"isnt", "not", "wasnt"})
CORRECTIONS = frozenset({"actually", "correction", "mean", "no", "oops", "rather", "sorry", "wait"})
BETWEEN = frozenset(
    {
        "address",
        "code",
        "email",
        "is",
        "it",
        "its",
        "mail",
        "my",
        "number",
        "order",
        "phone",
        "post",
        "postcode",
        "that",
        "the",
    }
)
"""What may stand between "not" and what is denied."""

Meaning = tuple[int, str]
"""How many words, and the letters and digits that they mean."""

Meanings = Callable[[Sequence[str], int], Iterable[Meaning]]
"""All that the words from a place on could mean, a few of them or more."""


def plain(text: str) -> str:
    """Small letters and our own digits, whatever they were written in; "" for what is longer than anybody needs."""
    if len(text) > LONGEST or len(folded := unicodedata.normalize("NFKC", text)) > LONGEST:
        return ""
    small = folded.lower().replace("\u2019", "'")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in small)


def read(words: Sequence[str], start: int, meanings: Meanings, fits: Callable[[str], object]) -> dict[int, set[str]]:
    """All that the words from `start` on could spell, by the place where it ends, as long as it `fits`."""
    reached: dict[int, set[str]] = {start: {""}}
    for at in range(start, len(words)):
        for used, symbols in meanings(words, at) if reached.get(at) else ():
            longer = (text + symbols for text in reached[at])
            reached.setdefault(at + used, set()).update(text for text in longer if fits(text))
    return reached


def word_at(words: Sequence[str], at: int) -> str:
    """The word at a place; "" before the first and behind the last."""
    return words[at] if 0 <= at < len(words) else ""


def denied(words: Sequence[str], at: int) -> bool:
    """Whether "not" stands before this place: "not 10042", "it is not the order number 10042"."""
    while word_at(words, at - 1) in BETWEEN:
        at -= 1
    return word_at(words, at - 1) in DENIALS


def corrected(words: Sequence[str], end: int, is_part: Callable[[str], bool]) -> bool:
    """Whether the caller takes back what ends there: "10042, sorry, 43"."""
    behind = list(dropwhile(lambda word: word not in CORRECTIONS, words[end:]))
    return any(map(is_part, behind))


def only(values: Iterable[T]) -> T | None:
    """The one value among them; None where there is none, or where there are several."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
