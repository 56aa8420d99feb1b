"""Order numbers, as they are said: "10042", "one double oh four two", "ten thousand and forty-two"."""

import re
from collections.abc import Iterator

from tools.hearing.runs import Run, number_in, spelled

ORDER_NUMBER = re.compile(r"[1-9]\d{4,5}")
"""The shop counts from 10001. "The blue one" has a one and is no number; a longer one is a phone's or a card's."""


def order_number(text: str) -> int | None:
    """The order number that was said; None without one, and where several could be meant."""
    return number_in(text, _numbers)


def _numbers(run: Run) -> set[int]:
    parts = [part for part in _parts(run) if part not in ([], ["one"])]
    alone = [_shaped(part) for part in parts]
    # With a stranger beside it ("10042, 3", "07700 900123") a number of the right length may be a piece of another one.
    if any(alone):
        return set().union(*alone) if all(alone) else set()
    return _shaped(run.whole)


def _parts(run: Run) -> Iterator[list[str]]:
    """The parts of a run, cut before and after each number that is written in one."""
    for part in run.parts:
        begin = 0
        for at, word in enumerate(part):
            if ORDER_NUMBER.fullmatch(word):
                yield from (part[begin:at], [word])
                begin = at + 1
        yield part[begin:]


def _shaped(words: list[str]) -> set[int]:
    return {int(digits) for digits in spelled(words) if ORDER_NUMBER.fullmatch(digits)}
