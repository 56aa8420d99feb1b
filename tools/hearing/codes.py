"""Codes of six digits, read out or typed."""

from tools.hearing.runs import Run, number_in, spelled

DIGITS = 6


def code(text: str) -> str | None:
    """ "one two three, four five six" as "123456"; None without a code, and where several could be meant."""
    return number_in(text, _codes)


def _codes(run: Run) -> set[str]:
    return {digits for digits in spelled(run.whole) if len(digits) == DIGITS}
