"""Numbers in a text, typed or said, as groups: "07700 900123", "four one one one, one one one one"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.redaction import spoken
from switchboard.redaction.spoken import Digits

NO_NUMBER = re.compile(
    r"\b\d{4}-\d\d?-\d\d?\b|\b\d\d?([./-])\d\d?\1\d{2,4}\b|\b\d\d?:\d\d(?::\d\d)?\b|\b\d+\.\d\d\b(?!\.?\d)"
)
"""Dates, times, sums of money."""
SAID_BETWEEN = "and|then|comma|dash|hyphen|space|dot|point|double|triple|treble"
TOGETHER = re.compile(rf"[\s()./,+-]*|(?:[\s,.-]*(?:{SAID_BETWEEN}))+[\s,.-]*")
"""What may stand between the digits of a number."""
APART = re.compile(r"[,;]|\b(?:and|then|comma)\b")
PLUS = re.compile(r"(?:\+|\bplus\b)[\s(]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """Digits that were written or said in one."""

    start: int
    end: int
    digits: str
    spelled: bool
    """Said, or written digit by digit."""


def numbers(text: str) -> Iterator[list[Group]]:
    """The numbers of a text: groups that could belong together."""
    shown = NO_NUMBER.sub(lambda found: "x" * len(found[0]), text)
    for run in spoken.runs(shown):
        groups: list[Group] = []
        for each in run:
            gap = shown[groups[-1].end : each.start] if groups else ""
            if groups and not TOGETHER.fullmatch(gap.casefold()):
                yield groups
                groups = []
            _join(groups, each, gap, shown)
        if groups:
            yield groups


def windows(groups: Sequence[Group]) -> Iterator[tuple[int, int, str]]:
    """Whole groups in a row, the longest first: where they stand, and their digits."""
    for size in range(len(groups), 0, -1):
        for first in range(len(groups) - size + 1):
            part = groups[first : first + size]
            yield part[0].start, part[-1].end, "".join(group.digits for group in part)


def alone(text: str, start: int, end: int) -> bool:
    """Whether it is no part of a longer word: a call's id has digits as well."""
    return not re.match(r"\w", text[max(0, start - 1) : start]) and not re.match(r"\w", text[end : end + 1])


def _join(groups: list[Group], each: Digits, gap: str, text: str) -> None:
    spelled = not text[each.start : each.end].isdecimal() or not text[each.end : each.end + 1].isdecimal()
    last = groups[-1] if groups else None
    if last and (not gap or (last.spelled and spelled and not APART.search(gap.casefold()))):
        groups[-1] = Group(last.start, each.end, last.digits + each.digits, bool(gap))
    else:
        groups.append(Group(each.start, each.end, each.digits, spelled))
