"""Letters and digits that are spelled one by one, and what a recogniser may have written for them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from switchboard.redaction.letters import HEARD_AS
from tools.hearing.letters import letters
from tools.hearing.numerals import digit, repeated, small
from tools.hearing.words import Meaning, word_at

DOUBT = "?"
"""Stands behind a symbol that was written as another one."""

HALF_HEARD = "W"
"""A "double u" whose end was not heard: "S double one A" could be 11 and W 1."""

ALIKE = {"0": "o", "1": "i", "8": "a"} | {"o": "0", "i": "1", "a": "8"}
PIECE = re.compile(r"(?=[a-z]*\d)[a-z\d]{2,7}|[a-z]{2}i[a-z]?|[a-z]{2}")
"""Some symbols in one word: "sw1a", "2aa", "sw", or "swia" where a 1 was written as an I."""
ONE_SYMBOL = frozenset({"ay", "be", "em", "to"})
"""Two letters that are heard as one symbol, and begin no postcode."""
LONGEST = 7


def symbols(words: Sequence[str], at: int) -> Iterable[Meaning]:
    """What the words from `at` on could mean, with a mark behind each symbol that was written as another one."""
    said = {meaning for meaning in _as_said(words, at) if len(meaning[1]) <= LONGEST}
    alike = {(used, "".join(each)) for used, text in said for each in product(*map(_alike, text))}
    doubtful = alike | set(_heard(words, at))
    return said | {(used, text) for used, text in doubtful if (used, certain(text)) not in said}


def certain(text: str) -> str:
    """The symbols without their marks."""
    return text.replace(DOUBT, "")


def _heard(words: Sequence[str], at: int) -> Iterator[Meaning]:
    if words[at] == "and":
        yield from ((1, DOUBT), (1, "n" + DOUBT))  # nothing, or how an N is heard
    if heard := HEARD_AS.get(words[at]):
        yield 1, heard + DOUBT
        if heard in ("2", "4") and word_at(words, at + 1) == "a":
            yield 2, heard + DOUBT  # "M1 for a BT"


def _as_said(words: Sequence[str], at: int) -> Iterator[Meaning]:
    word = words[at]
    yield from letters(words, at)
    yield from repeated(words, at)
    yield from _numbers(words, at)
    if word == "double" and digit(word_at(words, at + 1)):
        yield 1, HALF_HEARD
    if PIECE.fullmatch(word) and word not in ONE_SYMBOL:
        yield 1, word


def _numbers(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """Numbers below a hundred; "twenty five G U" is 20 and 5 GU, since nobody says the halves of a postcode in one."""
    for used, number in small(words, at):
        if used == 1 or word_at(words, at + used)[:1].isdecimal() or digit(word_at(words, at + used)):
            yield used, number
        else:
            yield 1, number[0] + "0"


def _alike(symbol: str) -> tuple[str, ...]:
    return (symbol, ALIKE[symbol] + DOUBT) if symbol in ALIKE else (symbol,)
