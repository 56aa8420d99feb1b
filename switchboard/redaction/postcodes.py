"""Postcodes, British: "SW1A 2AA", "S W one A, two double A", "sierra whiskey one alpha two alpha alpha"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.redaction.letters import HEARD_AS, LETTERS
from switchboard.redaction.spoken import TIMES, read

AREAS = (
    "ab al b ba bb bd bf bh bl bn br bs bt bx ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en "
    "ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne "
    "ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr "
    "ts tw ub w wa wc wd wf wn wr ws wv yo ze"
)
INWARD = "[abd-hjlnp-uw-z]{2}"
CODE = re.compile(rf"(?:{'|'.join(sorted(AREAS.split(), key=len, reverse=True))})\d[a-z\d]?\d{INWARD}")
TYPED = re.compile(
    rf"(?<!\w)(?:{AREAS.replace(' ', '|')})\d[a-z\d]?[ -]?\d{INWARD}(?!\w)|(?<!\w)gir ?0aa(?!\w)", re.IGNORECASE
)
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d")
SILENT = frozenset(("comma", "dash", "hyphen", "space", "then", "capital", "letter", "and"))
TENS, UNITS = frozenset(f"{ten}0" for ten in range(2, 10)), frozenset("123456789")
LIKE = re.compile(r"\s+(?:for|as in|like)\s+([^\W\d_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Symbol:
    start: int
    end: int
    letters: str
    """And digits: one, or a few in one word."""


def postcodes(text: str) -> Iterator[tuple[int, int]]:
    """Where postcodes stand."""
    yield from (found.span() for found in TYPED.finditer(text))
    for run in _spelled(text):
        letters, begins = "", {}
        for symbol in run:
            begins[len(letters)] = symbol
            letters += symbol.letters
        at = 0
        while found := CODE.search(letters, at):
            at = found.start() + 1
            if found.start() in begins:
                last = max(place for place in begins if place < found.end())
                yield begins[found.start()].start, begins[last].end


def _spelled(text: str) -> Iterator[list[Symbol]]:
    """Stretches of letters and digits that are spelled one by one."""
    run: list[Symbol] = []
    times, skipped = 1, 0
    for found in WORD.finditer(text):
        word = found[0].casefold()
        if found.start() < skipped or word in SILENT:
            continue
        if word in TIMES:
            times = TIMES[word]
            continue
        letters = _letters(found, text)
        if letters is None:
            yield run
            run, times = [], 1
            continue
        end = found.end()
        if len(letters) == 1 and (example := LIKE.match(text, end)) and example[1].casefold().startswith(letters):
            end = skipped = example.end()
        run.append(Symbol(found.start(), end, letters * times))
        times = 1
    yield run


def _letters(found: re.Match[str], text: str) -> str | None:
    """What a word spells; None: it is a word."""
    word = found[0].casefold()
    if len(word) == 1:
        return word
    if letter := LETTERS.get(word) or HEARD_AS.get(word):
        return letter
    if digits := read(word):
        return digits[0] if digits in TENS and _goes_on(found, text) else digits
    before, after = text[: found.start()], text[found.end() :]
    beside_digit = before[-1:].isdecimal() or after[:1].isdecimal()
    return word if len(word) == 2 and (beside_digit or found[0].isupper()) else None


def _goes_on(found: re.Match[str], text: str) -> bool:
    """Whether "twenty" begins "twenty-two"."""
    after = re.match(r"[\s-]+([^\W\d_]+)", text[found.end() :])
    return after is not None and read(after[1].casefold()) in UNITS
