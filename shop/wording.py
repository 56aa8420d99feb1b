"""The words with which a caller names things of an order: a table of phrases, and what each does in a sentence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

MOST_WORDS = 100
UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
COUNTS = [*UNITS, *TEENS, *(" ".join(each) for ten in TENS for each in ([ten], *([ten, unit] for unit in UNITS)))]
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
SUFFIXES = ("st", "nd", "rd", *["th"] * 9)
BEFORE_A_PLACE = (("number",), ("item",), ("item", "number"))


class Kind(Enum):
    """What a phrase does. Those up to THING make up the name of something."""

    NAME = auto()
    ALL = auto()
    BOTH = auto()
    REST = auto()
    NTH = auto()
    COUNT = auto()
    THING = auto()
    SEND = auto()
    GOES = auto()
    NOT = auto()
    KEEP = auto()
    EXCEPT = auto()
    ONLY = auto()
    AND = auto()
    BUT = auto()
    OR = auto()
    COMMA = auto()
    STOP = auto()
    NOTHING = auto()
    """Says nothing about what is meant."""


NAMING = frozenset(kind for kind in Kind if kind.value <= Kind.THING.value)


@dataclass(frozen=True)
class Token:
    """A phrase of the caller's. `number`: how many, or which one from the front; the last one is -1."""

    kind: Kind
    number: int = 0
    names: frozenset[str] = frozenset()


class NotUnderstoodError(ValueError):
    """The words have no meaning here, or more than one."""


PHRASES: Mapping[Kind, str] = {
    Kind.ALL: (
        "all, everything, every, each, every one, each one, every single one, every single, the lot, whole "
        "lot, whole order, entire order, complete order, full order, whole thing, whole parcel, entire "
        "parcel, order"
    ),
    Kind.BOTH: "both",
    Kind.REST: (
        "rest, others, other, everything else, all else, other ones, other items, other things, remaining "
        "ones, remaining items, remainder"
    ),
    Kind.THING: (
        "it, them, they, this, that, these, those, ones, item, items, thing, things, product, products, "
        "article, articles"
    ),
    Kind.SEND: (
        "return, returning, send, sending, give back, giving back, bring back, take back, send back, sending back"
    ),
    Kind.GOES: (
        "go back, goes back, going back, is going back, are going back, to go back, can go back, should go "
        "back, must go back, shall go back, will go back, to be returned, to be sent back, should be returned"
    ),
    Kind.NOT: (
        "not, never, do not, dont, wont, cant, does not, did not, should not, must not, shall not, will not, "
        "wo not, can not, cannot"
    ),
    Kind.KEEP: "keep, keeping, am keeping, m keeping, hold on to, leave out, leaving out, skip",
    Kind.EXCEPT: (
        "except, except for, excepting, excluding, exclude, apart from, aside from, other than, but for, "
        "minus, without, save for, with the exception of"
    ),
    Kind.ONLY: "only, just, nothing but, nothing except, nothing other than, nothing apart from",
    Kind.AND: "and, plus, as well as, along with, together with, including, and also, and then",
    Kind.BUT: "but",
    Kind.OR: "or, nor, and or, either",
    Kind.NOTHING: (
        "the, my, our, of, please, thanks, thank you, yes, yeah, yep, ok, okay, well, so, um, uh, er, erm, "
        "hi, hello, i, we, want to, would like to, d like to, like to, wish to, need to, have to, would, "
        "will, ll, can, could, you, am, m, going to, back, and nothing else, nothing else, and nothing more, "
        "from my order, from the order, from this order, from that order, in my order, in the order, in this "
        "order, of my order, of the order, of this order"
    ),
}
MARKS: Mapping[str, Kind] = {",": Kind.COMMA, ".": Kind.STOP, "!": Kind.STOP, "?": Kind.STOP, ";": Kind.STOP}
QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def _table() -> Mapping[tuple[str, ...], Token]:
    table = {tuple(each.split()): Token(kind) for kind, phrases in PHRASES.items() for each in phrases.split(", ")}
    table |= {(mark,): Token(kind) for mark, kind in MARKS.items()}
    table |= {(article,): Token(Kind.COUNT, 1) for article in ("a", "an", "single")}
    table[("last",)] = Token(Kind.NTH, -1)
    for number, count in enumerate(COUNTS, 1):
        for said in (count.split(), [str(number)]):
            table[tuple(said)] = Token(Kind.COUNT, number)
            table |= {(*before, *said): Token(Kind.NTH, number) for before in BEFORE_A_PLACE}
    for number, (ordinal, suffix) in enumerate(zip(ORDINALS, SUFFIXES, strict=True), 1):
        table |= {(said,): Token(Kind.NTH, number) for said in (ordinal, f"{number}{suffix}")}
    return MappingProxyType(table)


TABLE = _table()
LONGEST = max(map(len, TABLE))


def tokens(said: str, products: Iterable[str]) -> list[Token]:
    """The phrases of what was said about an order of these products. Raises `NotUnderstoodError` for any other word."""
    names = sorted((tuple(words_of(product)) for product in products), key=len, reverse=True)
    rest = _words(said)
    if len(rest) > MOST_WORDS:
        raise NotUnderstoodError("so many words name nothing")
    found = []
    while rest:
        length, token = _first(rest, names)
        rest = rest[length:]
        found.append(token)
    return [token for token in found if token.kind is not Kind.NOTHING]


def words_of(product: str) -> list[str]:
    """The words of a product, by which it is known: "cushions" is the line "linen cushion cover" as well."""
    return [stem(word) for word in re.findall(r"\w+", product.lower())]


def stem(word: str) -> str:
    """What a word has in common with its plural: vase and vases, glass and glasses, shelf and shelves."""
    short = word.rstrip("s").rstrip("e").rstrip("s")
    return re.sub(r"v$", "f", re.sub(r"i$", "y", short)) or word


def _first(rest: Sequence[str], names: Sequence[tuple[str, ...]]) -> tuple[int, Token]:
    """The longest phrase at the beginning, and how many words it has; the whole name of a product comes before all."""
    stems = tuple(map(stem, rest))
    for name in names:
        if name and stems[: len(name)] == name:
            return len(name), Token(Kind.NAME, names=frozenset(name))
    for length in range(min(LONGEST, len(rest)), 0, -1):
        if token := TABLE.get(tuple(rest[:length])):
            return length, token
    if any(stems[0] in name for name in names):
        return 1, Token(Kind.NAME, names=frozenset(stems[:1]))
    raise NotUnderstoodError("a word that names nothing of the order")


def _words(said: str) -> list[str]:
    """Words and marks, each by itself; without quotation marks, hyphens and the order's number."""
    said = said.lower().translate(QUOTES)
    said = re.sub(r"n't\b", " not", said)
    said = re.sub(r"(?<=\w)-(?=\w)|[\"']", " ", said)
    said = re.sub(r"[()\u2013\u2014]|(?:^|\s)-+(?=\s|$)", " , ", said)
    said = re.sub(r"\b(?:from |of |in )?(?:(?:my|the) )?(?:order )?(?:number )?\d{5,}\b", " ", said)
    return re.findall(r"\w+|\S", said)
