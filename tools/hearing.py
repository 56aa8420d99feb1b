"""What a caller said, or a transcript made of it, as the value that was meant."""

import re

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {
    **{word: value for value, word in enumerate(UNITS + TEENS)},
    **{word: 20 + 10 * i for i, word in enumerate(TENS)},
    "oh": 0,
    "o": 0,
    "nought": 0,
    "nil": 0,
}
REPEATS = {"double": 2, "triple": 3, "treble": 3}
SPELLING = re.findall(
    r"\w+",
    """
    alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa
    quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
    """,
)
LETTERS = {word: word[0] for word in SPELLING}
NOT_A_POSTCODE = {
    "my",
    "the",
    "is",
    "its",
    "it",
    "post",
    "code",
    "postcode",
    "space",
    "dash",
    "and",
    "then",
    "uh",
    "um",
}
SIGNS = {"at": "@", "dot": ".", "point": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+"}


def order_number(text: str) -> int | None:
    """ "10042", "one double oh four two" or "ten thousand and forty-two" as 10042; None without a number."""
    words = _tokens(text)
    if "thousand" in words:
        return _cardinal(words)
    found = _digits(words)
    # "The blue one" has a one, and is no number; a longer one is a phone's or a card's.
    return int(found) if 4 <= len(found) < 10 else None


def postcode(text: str) -> str:
    """ "sw1a 2aa", "S W 1 A, 2 A A" or "sierra whiskey one alpha two alpha alpha" as "SW1A2AA"; "" without one."""
    words = [word for word in _tokens(text) if word not in NOT_A_POSTCODE]
    return "".join(_repeated([LETTERS.get(word) or _digit(word) or word for word in words])).upper()


def email(text: str) -> str | None:
    """ "Jane dot Smith at example dot com" as "jane.smith@example.com"; None without something like an address."""
    words = text.strip().strip(".,;!?").lower().split()
    inner = range(1, len(words) - 1)  # "dot" that begins is somebody's name
    joined = "".join(SIGNS.get(word, word) if i in inner else word for i, word in enumerate(words))
    return joined if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", joined) else None


def phone(text: str) -> str | None:
    """A number as the network writes it, British where it begins with one 0: "+447700900123"; None without one."""
    found = _digits(_tokens(text))
    international = text.strip().startswith("+") or text.lower().strip().startswith("plus")
    if found.startswith("00"):
        found, international = found[2:], True
    if not international and found.startswith("0"):
        found = "44" + found[1:]
    return f"+{found}" if 8 <= len(found) <= 15 else None


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", text.lower().replace("'", ""))


def _digit(word: str) -> str | None:
    return str(NUMBERS[word]) if word in NUMBERS else None


def _digits(words: list[str]) -> str:
    """All digits of a text in order: "forty two" is 42, "forty" 40, "one hundred" 100, other words are nothing."""
    kept = [word for word in words if word in NUMBERS or word in REPEATS or word.isdigit() or word == "hundred"]
    joined: list[str] = []
    for i, word in enumerate(kept):
        before = kept[i - 1] if i else ""
        if before in TENS and 0 < NUMBERS.get(word, 0) < 10:
            joined[-1] = str(NUMBERS[before] + NUMBERS[word])
        else:
            joined.append("00" if word == "hundred" else _digit(word) or word)
    return "".join(_repeated(joined))


def _repeated(symbols: list[str]) -> list[str]:
    """ "double", "4" as "44"."""
    found: list[str] = []
    times = 1
    for symbol in symbols:
        if symbol in REPEATS:
            times = REPEATS[symbol]
        else:
            found.append(symbol * times)
            times = 1
    return found


def _cardinal(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word == "thousand":
            total, current = total + current * 1000, 0
        elif word == "hundred":
            current *= 100
        else:
            current += int(word) if word.isdigit() else NUMBERS.get(word, 0)
    return total + current
