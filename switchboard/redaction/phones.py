"""Phone numbers: with a country's code, or with the 0 before an area's; and as North America groups them."""

from collections.abc import Iterator

from switchboard.redaction.digits import PLUS, Group, alone, numbers, windows

ABROAD, HOME = range(8, 16), range(9, 12)
BRITAIN, WITHOUT_PLUS = "44", (12, 13)
MOBILE, OF_MOBILE = "7", 10
NORTH_AMERICA = ([3, 3, 4], [1, 3, 3, 4])


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Where phone numbers stand."""
    for groups in numbers(text):
        taken = 0
        for start, end, digits in windows(groups):
            if start >= taken and alone(text, start, end) and _is_phone(text, start, end, digits, groups):
                taken = end
                plus = PLUS.search(text[:start])
                yield plus.start() if plus else start, end


def _is_phone(text: str, start: int, end: int, digits: str, groups: list[Group]) -> bool:
    first = next(group for group in groups if group.start == start)
    if PLUS.search(text[:start]) or digits.startswith("00"):
        return len(digits.removeprefix("00")) in ABROAD
    if digits.startswith("0"):
        return len(digits) in HOME and len(first.digits) > 1
    if digits.startswith(BRITAIN) and len(digits) in WITHOUT_PLUS:
        return True
    if digits.startswith(MOBILE) and len(digits) == OF_MOBILE:
        return True
    return [len(group.digits) for group in groups if start <= group.start < end] in NORTH_AMERICA
