"""Numbers as people say them, in digits: "double oh", "forty-two", "nine hundred", "ten thousand and forty-two"."""

from collections.abc import Iterator, Sequence

from tools.hearing.words import Meaning, read, word_at

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {
    **{word: str(value) for value, word in enumerate(UNITS + TEENS)},
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
}
ROUND = {word: str(tens) for tens, word in enumerate(TENS, 2)} | {"fourty": "4"}
REPEATS = {"double": 2, "triple": 3, "treble": 3}
SCALES = frozenset(("hundred", "thousand", "million"))


def is_numeral(word: str) -> bool:
    """Whether a word is a number or a part of one."""
    return word.isdecimal() or word in NUMBERS or word in ROUND or word in REPEATS or word in SCALES


def digit(word: str) -> str | None:
    """One digit, said or written; None for anything else."""
    found = NUMBERS.get(word, word)
    return found if len(found) == 1 and found.isdecimal() else None


def small(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """A number below a hundred, or digits as they are written: "four", "forty two", "07700"."""
    word, unit = word_at(words, at), digit(word_at(words, at + 1))
    if word in ROUND:
        yield (2, ROUND[word] + unit) if unit and unit != "0" else (1, ROUND[word] + "0")
    elif word in NUMBERS or word.isdecimal():
        yield 1, NUMBERS.get(word, word)


def repeated(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """A digit that is said with how often: "double oh"."""
    found = digit(word_at(words, at + 1))
    if found and word_at(words, at) in REPEATS:
        yield 2, found * REPEATS[words[at]]


def numbers(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """What the words from `at` on could be in digits: "one hundred forty two" is 142, or 100 and 42."""
    yield from _below_thousand(words, at)
    for used, thousands in _below_thousand(words, at):
        if word_at(words, at + used) == "thousand" and _counts(thousands, 3):
            for more, rest in _rest_of_thousand(words, at + used + 1):
                yield used + 1 + more, thousands + rest


def _below_thousand(words: Sequence[str], at: int) -> Iterator[Meaning]:
    yield from repeated(words, at)
    for used, number in small(words, at):
        yield used, number
        if word_at(words, at + used) == "hundred" and _counts(number, 2):
            for more, rest in _rest_of_hundred(words, at + used + 1):
                yield used + 1 + more, number + rest


def _rest_of_hundred(words: Sequence[str], at: int) -> Iterator[Meaning]:
    joint = int(word_at(words, at) == "and")
    if not joint:
        yield 0, "00"
    for used, number in small(words, at + joint):
        if _counts(number, 2):
            yield joint + used, number.zfill(2)


def _rest_of_thousand(words: Sequence[str], at: int) -> Iterator[Meaning]:
    """Nothing, a last number that fills up the thousand, or three digits one by one: "nine hundred thousand 1 2 3"."""
    joint = int(word_at(words, at) == "and")
    if at == len(words):
        yield 0, "000"
    for end, spelled in read(words, at + joint, _below_thousand, lambda digits: len(digits) <= 3).items():
        yield from ((end - at, digits) for digits in spelled if len(digits) == 3)
    for used, number in _below_thousand(words, at + joint):
        if at + joint + used == len(words) and _counts(number, 2):
            yield joint + used, number.zfill(3)


def _counts(number: str, digits: int) -> bool:
    return len(number) <= digits and not number.startswith("0")
