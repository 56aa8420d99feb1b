"""What can be read out of a caller's words: numbers, postcodes, e-mail addresses, as people say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType

Normaliser = Callable[[str, re.Pattern[str] | None], list[str]]
"""The values found in a text, in order. The pattern tells a whole value from a part of one."""

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS: Mapping[str, int] = MappingProxyType(
    {
        **{word: value for value, word in enumerate(f"{_UNITS} seventeen eighteen nineteen".split())},
        **{word: 10 * value for value, word in enumerate(_TENS.split(), 2)},
        **{"oh": 0, "o": 0, "nought": 0, "naught": 0, "nil": 0, "fourty": 40, "niner": 9},
    }
)
_SCALES = frozenset({"hundred", "thousand"})
_REPEATS: Mapping[str, int] = MappingProxyType({"double": 2, "triple": 3, "treble": 3})
# A recogniser writes these words for digits; between two digits nothing else makes sense.
_SOUNDS_LIKE: Mapping[str, str] = MappingProxyType(
    {"for": "four", "far": "four", "fore": "four", "to": "two", "too": "two", "ate": "eight", "won": "one"}
)
# These do not follow a number in a sentence, so they may also be its end.
_SOUNDS_LIKE_AT_THE_END = frozenset({"far", "fore", "too"})
_FILLERS = frozenset({"and", "uh", "um", "er", "erm", "then", "dash", "hyphen", "space"})
_ALPHABET = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec "
    "romeo sierra tango uniform victor whiskey x-ray yankee zulu"
)
_LETTERS: Mapping[str, str] = MappingProxyType(
    {**{word: word[0] for word in _ALPHABET.split()}, "alfa": "a", "juliett": "j", "whisky": "w", "xray": "x"}
)
_WORD = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# "M1 for a BT": the digit between the halves of a postcode, as a recogniser may write it.
_BETWEEN_HALVES = re.compile(r"(?<![a-z])([A-Z] ?\d)[ ,.]+(for|to|too)(?: a)?[ ,.]+(?=[A-Z][ ,.]*[A-Z]\b)")
# "S double 1, A 2, A 8": a W whose end was not heard, and an A at the end.
_HALF_A_W = re.compile(r"\bdouble[ -]?(?=(?:\d|one|two|three|four|five|six|seven|eight|nine)\b)")
_FINAL_EIGHT = re.compile(r"(?<=\b[a-z])[ ,]+(?:8|eight)\b(?![ ,]*\w)")
_UK_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")


def digits(text: str, pattern: re.Pattern[str] | None) -> list[str]:
    """Numbers written or spoken ("10042", "one double zero four two", "ten thousand and forty-two"), as digits.

    A number after "not" is left out when there is another one ("10043, not 10042").
    """
    kept: list[str] = []
    denied: list[str] = []
    for after_not, run in _runs(_words_of(text)):
        (denied if after_not else kept).extend(_matches(_elements(run), pattern))
    return kept or denied


def postcode(text: str, pattern: re.Pattern[str] | None) -> list[str]:
    """Postcodes written or spelled ("SW1A 2AA", "S W one A two A A"), in capitals."""
    text = _BETWEEN_HALVES.sub(lambda found: f"{found[1]} {_SOUNDS_LIKE[found[2]]} ", text)
    text = re.sub(r"\b([a-z]) (?:for|as in|like) [a-z]+\b", r"\1", text.lower())
    text = re.sub(r"\bdouble[ -]?(?:u|you)(?![a-z])", "w ", text)
    half_heard = _FINAL_EIGHT.sub(" a", _HALF_A_W.sub("w ", text))
    for words, letter_o in product((text, half_heard), ("o", "0")):
        found = _matches(_characters(_words_of(words), letter_o), pattern)
        if found:
            return [_UK_POSTCODE.sub(r"\1 \2", value) for value in found]
    return []


def email(text: str, pattern: re.Pattern[str] | None) -> list[str]:
    """E-mail addresses written or spoken ("anna dot smith at example dot com"), in small letters."""
    written = re.sub(r"\s+(?:dot|point)\s+", ".", text.lower())
    written = re.sub(r"\s+(?:at|@)\s+", "@", written)
    written = re.sub(r"\s*\bunderscore\b\s*", "_", written)
    written = re.sub(r"\s*\b(?:dash|hyphen|minus)\b\s*", "-", written)
    written = re.sub(r"\b(?:[a-z] )+[a-z](?=[@.])", lambda letters: letters[0].replace(" ", ""), written)
    found = [address.rstrip(".") for address in _ADDRESS.findall(written)]
    return [address for address in found if pattern is None or pattern.fullmatch(address)]


def text(text: str, pattern: re.Pattern[str] | None) -> list[str]:
    """What the pattern picks out (the first of its groups that took part, if it has any), as it was said."""
    if pattern is None:
        return []
    found = (next(filter(None, match.groups()), match[0]) for match in pattern.finditer(text))
    return [value.strip(" .,;!?") for value in found if value]


def chosen(words: str, options: Sequence[str], asked: bool, before: int | None = None) -> list[int]:
    """The places of what the caller means: "the second one", "both", "the other one" than what stood `before`.

    When it was asked for, a bare number, "any" and words that fit one option best choose too.
    """
    said = _DENIED.sub(" ", words.lower())
    places = _places(said, len(options), asked)
    if places:
        return places
    if asked and options and _ANY.search(said):
        return [0]
    fitting = _fitting(said, options) if asked else []
    return fitting or _what_is_left(words.lower(), options, asked, before)


NORMALISERS: Mapping[str, Normaliser] = MappingProxyType(
    {"digits": digits, "postcode": postcode, "email": email, "text": text}
)


def _words_of(text: str) -> list[str]:
    text = re.sub(r"(?<=\d)[,.](?=\d{3}\b)", "", text.lower())
    return _WORD.findall(text)


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _NUMBERS or word in _REPEATS


def _runs(words: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """The stretches of number words, and whether "not" stands before each."""
    run: list[str] = []
    denied = False
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if _is_number(word) or (run and word in _SCALES):
            run.append(word)
        elif run and word in _SOUNDS_LIKE and (_is_number(following) or word in _SOUNDS_LIKE_AT_THE_END):
            run.append(_SOUNDS_LIKE[word])
        elif not (run and word in _FILLERS):
            if run:
                yield denied, run
                denied = False
            run = []
            denied = word == "not" or (denied and word in {"order", "number", "the"})
    if run:
        yield denied, run


def _elements(run: Sequence[str]) -> list[str]:
    """Digit strings of a run, one for each number that was said."""
    elements: list[str] = []
    rest = list(run)
    while rest:
        taken, value = _repeated(rest) or _cardinal(rest) or (1, "")
        elements.append(value)
        rest = rest[taken:]
    return [element for element in elements if element]


def _repeated(words: Sequence[str]) -> tuple[int, str] | None:
    if words[0] in _REPEATS and len(words) > 1 and (words[1] in _NUMBERS or words[1].isdigit()):
        return 2, _value(words[1]) * _REPEATS[words[0]]
    return None


def _cardinal(words: Sequence[str]) -> tuple[int, str] | None:
    """The longest number at the beginning: "forty two", "ten thousand forty two", or one digit string."""
    taken, below_hundred = _small(words)
    if not taken:
        return None
    if taken >= len(words) or words[taken] not in _SCALES:
        return taken, below_hundred
    total, current = 0, int(below_hundred)
    while taken < len(words):
        word = words[taken]
        if word == "hundred":
            current, taken = current * 100, taken + 1
        elif word == "thousand":
            total, current, taken = total + current * 1000, 0, taken + 1
        elif current % 100 == 0 and _joins(words[taken:]):
            length, small = _small(words[taken:])
            current, taken = current + int(small), taken + length
        else:
            break
    return taken, str(total + current)


def _joins(words: Sequence[str]) -> bool:
    """Whether the next number belongs to the hundreds before it; single digits in a row ("900 1 2 3") do not."""
    length, small = _small(words)
    if not length or int(small) >= 100:
        return False
    return int(small) >= 10 or length >= len(words) or not _is_number(words[length])


def _small(words: Sequence[str]) -> tuple[int, str]:
    first = words[0]
    if first not in _NUMBERS:
        return (1, first) if first.isdigit() else (0, "")
    if _NUMBERS[first] >= 20 and len(words) > 1 and 0 < _NUMBERS.get(words[1], 0) < 10:
        return 2, str(_NUMBERS[first] + _NUMBERS[words[1]])
    return 1, str(_NUMBERS[first])


def _value(word: str) -> str:
    return word if word.isdigit() else str(_NUMBERS[word])


def _characters(words: Sequence[str], letter_o: str) -> list[str]:
    """Letters and digits of spelled words; other words stay as they are and match nothing."""
    characters: list[str] = []
    repeat = 1
    for word in words:
        if word in _REPEATS:
            repeat = _REPEATS[word]
            continue
        known = letter_o if word == "o" else _LETTERS.get(word) or str(_NUMBERS.get(word, word))
        characters.append((known * repeat).upper())
        repeat = 1
    return characters


def _matches(elements: Sequence[str], pattern: re.Pattern[str] | None) -> list[str]:
    """From left to right, the longest neighbours that together make a whole value."""
    if pattern is None:
        return ["".join(elements)] if elements else []
    found: list[str] = []
    start = 0
    while start < len(elements):
        for end in range(min(len(elements), start + 12), start, -1):
            value = "".join(elements[start:end])
            if pattern.fullmatch(value):
                found.append(value)
                start = end
                break
        else:
            start += 1
    return found


_PLACES: Mapping[str, int] = MappingProxyType(
    {
        **{"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4},
        **{"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "5th": 4},
        **{"former": 0, "earliest": 0, "last": -1, "latter": -1, "latest": -1, "final": -1},
    }
)
_NUMBERED = r"(?:number|option|item) (?:one|two|three|four|five|[1-5])"
_ORDINAL = re.compile(
    rf"\b(?:(?P<pointing>the|that|your) )?(?:very )?(?:(?P<place>{'|'.join(_PLACES)})|(?P<number>{_NUMBERED}))\b"
)
_ALL = re.compile(
    r"\b(?:both|everything|whole (?:lot|thing|order)|the lot|all of (?:it|them|those|these))\b"
    r"|^\W*all(?: (?:two|three|four|five))?\W*$"
)
_ANY = re.compile(r"\b(?:any|either|whichever|don't mind|soonest|as soon as)\b")
_OTHER = re.compile(r"\bother (?:one|thing|item)?|\bthe other\b|\bremaining one\b")
_DENIED = re.compile(r"\bnot (?=the |that |your |number |option )[\w ]+?(?=[,.;]| but\b|$)")
_SMALL_WORDS = (
    "a about all an and any are as at be been but do for from have i in is it ll my no not number of ok okay on one or "
    "order please s t thank thanks that the this to was with yes you"
)
_COMMON = frozenset(_SMALL_WORDS.split())


def _places(said: str, count: int, asked: bool) -> list[int]:
    if places := _ordinals(said, count, asked):
        return places if re.search(r"\b(?:and|plus)\b|&", said) else places[-1:]
    return list(range(count)) if _ALL.search(said) and (asked or "both" in said) else []


def _what_is_left(words: str, options: Sequence[str], asked: bool, before: int | None) -> list[int]:
    """The one that is neither denied nor stood before ("not the vase", "the other one")."""
    out = {place for match in _DENIED.finditer(words) for place in _ordinals(match[0], len(options), asked)}
    if asked and not out:
        out = {place for match in _DENIED.finditer(words) for place in _fitting(match[0], options)}
    if not out and before is not None and _OTHER.search(words):
        out = {before}
    left = [place for place in range(len(options)) if place not in out]
    return left if out and len(left) == 1 else []


def _fitting(words: str, options: Sequence[str]) -> list[int]:
    """The one option that has most of the words."""
    scores = [len(_telling(words) & _telling(each)) for each in options]
    best = max(scores, default=0)
    return [scores.index(best)] if best and scores.count(best) == 1 else []


def _ordinals(words: str, count: int, asked: bool) -> list[int]:
    """The places that are named. "First" alone names one only in an answer: it also begins sentences."""
    places: list[int] = []
    for match in _ORDINAL.finditer(words):
        if match["place"] and not (asked or match["pointing"]):
            continue
        place = _PLACES[match["place"]] if match["place"] else int(_value(match["number"].split()[1])) - 1
        if -count <= place < count and (place := place % count) not in places:
            places.append(place)
    return places


def _telling(words: str) -> set[str]:
    """The words that tell options apart; numbers in one spelling."""
    spoken = (str(_NUMBERS.get(word, word)) for word in _words_of(words) if word not in _COMMON)
    return {word.removesuffix("s") for word in spoken}
