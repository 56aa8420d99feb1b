"""Where in a text numbers are said: runs of number words, with the pauses inside them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from tools.hearing.numerals import SCALES, digit, is_numeral, numbers
from tools.hearing.words import HESITATIONS, Meaning, corrected, denied, only, plain, read, word_at

DATE = re.compile(r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:\d{4}|\d\d)(?!\1?\d)")
THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})+|(?:\.\d{3})+)(?![.,]?\d)")
NO_FRACTION = re.compile(r"(?<![\d.])(\d+)\.00?(?![.\d])")
LETTER_O = re.compile(r"(?<=\d)o+(?![a-z])|\bo+(?=\d)")
WORD = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+|[^\W\d_]+|[+,.;!?/:@]")
RUN = re.compile(r"\+?n[n.]*")
PAUSES = frozenset(",.;!?")
SILENT = HESITATIONS | frozenset(("comma", "dash", "hyphen", "space", "then"))
SOUNDS = {"for": "four", "fore": "four", "to": "two", "too": "two", "won": "one", "ate": "eight"}
"""What a recogniser writes for a digit among digits."""

LONGEST_NUMBER = 20
"""Digits; more than any phone number has."""


T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """The words of a number, in parts where the caller paused: "07700, 900 123"."""

    parts: list[list[str]]
    is_final: bool
    """Whether the caller lets it stand, and does not say another number instead."""

    @property
    def whole(self) -> list[str]:
        return list(chain.from_iterable(self.parts))


def number_in(text: str, shaped: Callable[[Run], set[T]]) -> T | None:
    """The one number of a shape that was said; None without one, with several, and where it was taken back."""
    found = [(number, run.is_final) for run in runs(text) for number in shaped(run)]
    return only(number for number, _ in found) if all(is_final for _, is_final in found) else None


def runs(text: str) -> Iterator[Run]:
    """The runs of number words in a text, but for those that the caller denies."""
    words = _words(text)
    kinds = "".join(_kind(words, at) for at in range(len(words)))
    for found in RUN.finditer(kinds):
        if not denied(words, found.start()):
            yield Run(_parts(words[found.start() : found.end()]), not corrected(words, found.end(), is_numeral))


def spelled(words: Sequence[str]) -> set[str]:
    """All digits that the words of a run could mean together, with a plus where they begin with one."""
    return read(words, 0, _numbers, lambda digits: len(digits) <= LONGEST_NUMBER).get(len(words), set())


def _numbers(words: Sequence[str], at: int) -> Iterable[Meaning]:
    return [(1, "+")] if words[at] == "+" else numbers(words, at)


def _words(text: str) -> list[str]:
    text = DATE.sub(" / ", plain(text).replace("'", ""))
    text = THOUSANDS.sub(lambda found: re.sub("[.,]", "", found[0]), text)
    text = LETTER_O.sub(lambda found: "0" * len(found[0]), NO_FRACTION.sub(r"\1", text))
    words = [word for word in WORD.findall(text) if word not in SILENT]
    return [_meant(words, at) for at in range(len(words)) if not _is_breath(words, at)]


def _is_breath(words: Sequence[str], at: int) -> bool:
    """A pause inside of one number: "ten thousand, and forty two"."""
    return words[at] == "," and word_at(words, at - 1) in SCALES


def _meant(words: Sequence[str], at: int) -> str:
    word, before, after = words[at], word_at(words, at - 1), word_at(words, at + 1)
    if word == "plus":
        return "+"
    if word == "a" and after in SCALES:
        return "one"
    # "One zero zero for two" is spelled digit by digit; "10042 for two people" is not.
    if word in SOUNDS and digit(before) and (digit(after) or not after):
        return SOUNDS[word]
    return word


def _kind(words: Sequence[str], at: int) -> str:
    """What a word is in a run, in one character; a space for one that ends it."""
    word = words[at]
    if is_numeral(word):
        return "n"
    before = word_at(words, at - 1)
    # "10500 and 47" may be one number, as "ten thousand five hundred and forty-seven" is written by some.
    if word in PAUSES or (word == "and" and (before in SCALES or before.endswith("00"))):
        return "."
    return "+" if word == "+" else " "


def _parts(words: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in PAUSES:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]
