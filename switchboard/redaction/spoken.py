"""Digits in a text, in whatever way they are written or said: "4711", "4 7-1 1", "four seven double one"."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\d|\*|[^\W\d_]+")
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ALSO = {"oh": "0", "o": "0", "nought": "0", "nil": "0", "star": "*", "asterisk": "*", "hundred": "00"}
_WORDS = {word: str(number) for number, word in enumerate((*_UNITS, *_TEENS))}
_WORDS |= {word: f"{number}0" for number, word in enumerate(_TENS, start=2)} | _ALSO
TIMES = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN = frozenset(("and", "then", "comma", "dash", "hyphen", "space", "point", "dot"))
LONG = 6
"""So many digits are nobody else's: they are found within a longer number as well."""


@dataclass(frozen=True)
class Digits:
    """One or more digits at `start` to `end` of a text."""

    start: int
    end: int
    digits: str


def digits_of(text: str) -> str:
    """All digits of `text` in a row; "" if there is anything else in it."""
    if any(read(word) is None for word in _TOKEN.findall(text.casefold())):
        return ""
    return "".join(each.digits for run in runs(text) for each in run)


def find(digits: str, text: str) -> Iterator[tuple[int, int]]:
    """Where `text` says just these digits."""
    for run in runs(text):
        said = "".join(each.digits for each in run)
        owner = [token for token in run for _ in token.digits]
        at = said.find(digits)
        while at >= 0:
            first, last = owner[at], owner[at + len(digits) - 1]
            if len(digits) >= LONG or not _goes_on(text, first.start, last.end):
                yield first.start, last.end
            at = said.find(digits, at + 1)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether they are a part of a longer number that is written in one."""
    return text[max(start - 1, 0) : start].isdecimal() or text[end : end + 1].isdecimal()


def runs(text: str) -> Iterator[list[Digits]]:
    """The stretches of nothing but digits, and of what people say between them."""
    run: list[Digits] = []
    times, tens, start = 1, "", None
    for match in _TOKEN.finditer(text):
        word = match[0].casefold()
        said = read(word)
        if said is None:
            yield run
            run, times, tens, start = [], 1, "", None
        elif word in TIMES:
            times, start = TIMES[word], match.start()
        elif tens and word in _UNITS[1:]:  # "forty-two": the zero of "forty" is no digit
            run[-1] = Digits(run[-1].start, match.end(), tens + said)
            tens = ""
        elif said:
            run.append(Digits(match.start() if start is None else start, match.end(), said * times))
            times, tens, start = 1, said[0] if word in _TENS else "", None
    yield run


def read(word: str) -> str | None:
    """The digits of a word, "" for one that may stand between them, None for any other."""
    if word in _BETWEEN or word in TIMES:
        return ""
    if len(word) == 1 and word.isdecimal():
        return str(unicodedata.decimal(word))
    return word if word == "*" else _WORDS.get(word)
