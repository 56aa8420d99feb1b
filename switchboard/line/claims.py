"""Finds in an agent's words what it claims to have done, or to be doing. English; other languages are left alone.

A sentence that only may be a claim is none: whoever is told that they lied, and did not, begins to doubt the truth.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from switchboard.line.deeds import Deed
from switchboard.line.hedges import ADMITS, ASKS, CONDITION, IN_A_WHILE, LATER, LONG_AGO, READ_BACK, hedged, statement
from switchboard.line.marks import ANY_THING, marked
from switchboard.line.wordings import IS, IS_DONE, WAS, at_it, by_us, by_us_then, of_itself, things, to_it

QUOTATION = re.compile(r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|(?<!\w)'[^']*'(?!\w)")
SENTENCE = re.compile(r".+?(?:[.!?;]+(?=\s|$)|$)", re.DOTALL)

Tense = Literal["done", "doing"]


@dataclass(frozen=True)
class Claim:
    """What an agent says of a deed: that it is done, or that it is being done."""

    deed: Deed
    tense: Tense
    sentence: str
    admits: bool = False
    """The same answer says that something could not be done."""


def claims(text: str, deeds: Iterable[Deed], *, whole: bool = True) -> list[Claim]:
    """What `text`, an answer as far as it was heard, claims of `deeds`. Not `whole`: it was broken off."""
    heard = text if whole else _without_the_last(text)
    if READ_BACK.search(_plain(heard)):
        return []
    asks, admits = ASKS.search(_plain(heard)) is not None, ADMITS.search(_plain(heard)) is not None
    found = [claim for sentence in _sentences(heard) for deed in deeds if (claim := _claimed(sentence, deed))]
    return [replace(claim, admits=admits) for claim in found if claim.tense == "done" or not asks]


def tells(text: str, deed: Deed) -> bool:
    """Whether `text`, which a tool has returned, says that the deed is done, whoever did it, and whenever."""
    return any(_is_claimed(plain, deed) and not re.search(CONDITION, plain) for plain in map(_plain, _sentences(text)))


def _claimed(sentence: str, deed: Deed) -> Claim | None:
    stated = statement(_plain(sentence))
    signs = marked(stated, deed)
    if signs == stated:
        return None
    for tense, pattern, against in PATTERNS[deed.is_it]:
        for found in pattern.finditer(signs):
            begins = found.start()
            if not hedged(stated[:begins]) and not (against and re.search(against, stated[begins:])):
                return Claim(deed, tense, sentence.strip())
    return None


def _patterns(is_it: bool) -> tuple[tuple[Tense, re.Pattern[str], str], ...]:
    """Each with what must not stand in it or behind it."""
    thing = things(is_it=is_it)
    written: tuple[tuple[Tense, Iterable[str], str], ...] = (
        ("done", by_us(thing), ""),
        ("done", by_us_then(thing), LONG_AGO),
        ("done", to_it(thing, IS), LATER),
        ("done", to_it(thing, WAS), rf"^(?:\w+ )?you were\b|{LONG_AGO}|{LATER}"),
        ("done", of_itself(thing), LATER),
        ("doing", at_it(thing), f"{LATER}|{IN_A_WHILE}"),
    )
    return tuple((tense, re.compile(one), against) for tense, ones, against in written for one in ones)


PATTERNS = {is_it: _patterns(is_it) for is_it in (True, False)}
"""Made once: that takes a tenth of a second, which no call has to wait for."""


def _is_claimed(sentence: str, deed: Deed) -> bool:
    thing = "" if deed.is_it else rf"{ANY_THING}.*"
    return re.search(rf"{thing}(?<!\bbe )(?<!\bnot ){IS_DONE}", marked(sentence, deed)) is not None


def _sentences(text: str) -> list[str]:
    return SENTENCE.findall(QUOTATION.sub(" ... ", text.replace("\u2019", "'")))


def _without_the_last(text: str) -> str:
    """What was broken off in the middle may have become a question, or have been about to be taken back."""
    return text[: max((found.end() for found in re.finditer(r"[.!?;,]\s|[.!?;]$", text)), default=0)]


def _plain(sentence: str) -> str:
    """In small letters, with commas for dashes."""
    said = sentence.replace("\u2019", "'").lower()
    return " ".join(re.sub(r"\s*[\u2013\u2014]\s*|\s+-+\s+", ", ", said).split())
