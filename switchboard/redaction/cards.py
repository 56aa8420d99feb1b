"""Card numbers: as long as one, begun like one, and with the right check digit."""

from collections.abc import Iterator

from switchboard.redaction.digits import alone, numbers, windows

LENGTHS = range(13, 20)
BEGIN = ("2", "3", "4", "5", "6")
"""How the numbers of all networks begin."""


def cards(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand."""
    for groups in numbers(text):
        for start, end, digits in windows(groups):
            if is_card(digits) and alone(text, start, end):
                yield start, end
        for group in groups:  # with what was said behind it: the day on which it expires
            if group.spelled and any(
                is_card(group.digits[:length]) for length in LENGTHS if length < len(group.digits)
            ):
                yield group.start, group.end


def is_card(digits: str) -> bool:
    """Whether they can be a card's number."""
    return len(digits) in LENGTHS and digits.startswith(BEGIN) and digits.isdecimal() and _checks(digits)


def _begins_with_card(digits: str) -> bool:
    """Whether what was said in one breath is a card's number, and behind it the day on which it expires."""
    return any(is_card(digits[:length]) for length in LENGTHS)


def _checks(digits: str) -> bool:
    """Luhn's check."""
    doubled = [int(digit) * (2 - (place % 2 == 0)) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0
