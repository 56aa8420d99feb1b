"""Codes of six digits, read out or typed."""

from tools.hearing.runs import runs, spelled, whole
from tools.hearing.words import only

DIGITS = 6


def code(text: str) -> str | None:
    """ "one two three, four five six" as "123456"; None without a code, and where several could be meant."""
    return only(digits for run in runs(text) for digits in spelled(whole(run)) if len(digits) == DIGITS)
