"""Postcodes, as they are said: "SW1A 2AA", "S W one A, two double A", "sierra whiskey one alpha two alpha alpha".

What a recogniser wrote for a letter ("A eight" for "A A") is taken for it where nothing else has a postcode's shape.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.redaction.postcodes import AREAS
from tools.hearing.letters import letter
from tools.hearing.numerals import is_numeral
from tools.hearing.symbols import DOUBT, certain, symbols
from tools.hearing.words import HESITATIONS, corrected, denied, only, plain, read, word_at

AREA = rf"(?:{'|'.join(AREAS.split())})(?=\d)"
POSTCODE = re.compile(r"[a-zW]{1,2}\d[a-z\d]?\d[a-z]{2}")
KNOWN = re.compile(rf"{AREA}\d[abcdefghjkmnprstuvwxy\d]?\d[abd-hjlnp-uw-z]{{2}}")
BEGUN = re.compile(r"[a-zW](?:[a-zW]?(?:\d(?:[a-z\d]?(?:\d(?:[a-z][a-z]?)?)?)?)?)?")
WORDS = re.compile(r"\b(?:me|so)\b")
"""In capitals they are Medway and Southampton."""
SILENT = HESITATIONS | {"capital", "comma", "dash", "hyphen", "letter", "next", "space", "then"}
MOST_DOUBTS = 3


@dataclass(frozen=True)
class Found:
    """A postcode that could be meant, and which words it takes."""

    start: int
    end: int
    text: str

    @property
    def code(self) -> str:
        return certain(self.text).lower()

    @property
    def rank(self) -> tuple[int, bool]:
        """The less the better: first as it was heard, and first such as exist."""
        return self.text.count(DOUBT), not KNOWN.fullmatch(self.code)

    def yields_to(self, other: "Found", words: Sequence[str]) -> bool:
        """Whether the other one is the better reading of the same words, or has one more letter before the same."""
        if not (self.start < other.end and other.start < self.end):
            return False
        longer = other.start < self.start and other.end == self.end and _is_letter(words[other.start])
        return other.rank < self.rank or (other.rank == self.rank and longer)


def postcode(text: str) -> str:
    """The postcode that was said, in capitals without its space; "" without one, and where several could be meant."""
    words = _words(text)
    found = list(_candidates(words))
    apart = [one for one in found if _is_apart(one, found, words)]
    best = (one for one in apart if not any(one.yields_to(other, words) for other in apart))
    said = [one for one in best if not denied(words, one.start)]
    code = only(one.code for one in said)
    is_all = not any(corrected(words, one.end, _is_part) for one in said) and not _is_more(words, said)
    return code.upper() if code and is_all else ""


def _is_more(words: Sequence[str], said: Sequence[Found]) -> bool:
    """Whether more is spelled than the postcode: then a part of it may have been misheard."""
    taken = {at for one in said for at in range(one.start, one.end)}
    left = [word for at, word in enumerate(words) if at not in taken]
    if any(DOUBT in one.text for one in said):
        return any(map(_is_symbol, left))
    is_spelled = any(letter(words[one.start]) for one in said)
    return is_spelled and any(len(word) == 1 and _is_letter(word) for word in left)


def _is_symbol(word: str) -> bool:
    """Whether a word could be a letter or a digit that is spelled: "one" is a word of its own."""
    return _is_letter(word) or (is_numeral(word) and word != "one" and not word[2:].isdecimal())


def _is_part(word: str) -> bool:
    return _is_letter(word) or is_numeral(word) or any(map(str.isdecimal, word))


def _words(text: str) -> list[str]:
    text = plain(re.sub(WORDS, "-talk-", text)).replace("'", "")
    text = re.sub(r"\b([ex])[ -](ray|mail)\b", r"\1\2", text)
    text = re.sub(r"\bdouble[ -]?u(?=\d)", "double u ", text)
    return [word for word in re.findall(r"[^\W_]+", text) if word not in SILENT]


def _candidates(words: Sequence[str]) -> Iterator[Found]:
    """All that has the shape, and of what could be made of the same words the best."""
    starts = (at for at, word in enumerate(words) if word != "and")  # that is an N only among letters
    for start in starts:
        for end, texts in read(words, start, symbols, _begins).items():
            found = [Found(start, end, text) for text in texts]
            shaped = [one for one in found if POSTCODE.fullmatch(certain(one.text)) and _exists(one)]
            best = min((one.rank for one in shaped), default=None)
            yield from (one for one in shaped if one.rank == best)


def _exists(one: Found) -> bool:
    """Whether its area exists; that of one that is written ("XX1 1XX") is believed, that of a spelled one misheard."""
    is_written = one.end - one.start <= 2 and DOUBT not in one.text
    return is_written or re.match(AREA, one.code) is not None


def _is_apart(one: Found, found: Sequence[Found], words: Sequence[str]) -> bool:
    """Whether no letter more was spelled beside it, but for those of another postcode."""
    before, after = word_at(words, one.start - 1), word_at(words, one.end)
    begins = not _is_letter(before) or any(other.end == one.start for other in found)
    one_more = _is_letter(after) or (after == "a" and letter(words[one.end - 1]) is not None)
    return begins and (not one_more or any(other.start == one.end for other in found))


def _is_letter(word: str) -> bool:
    """Whether a word is a letter and nothing else: "a" and "I" are words of their own."""
    return word not in ("a", "i") and (letter(word) is not None or word == "double")


def _begins(text: str) -> bool:
    return text.count(DOUBT) <= MOST_DOUBTS and BEGUN.fullmatch(certain(text)) is not None
