"""Dates of birth, as they are said or typed: "14 March 1984", "14.3.1984", "14031984", "14. März 1984"."""

import re
from datetime import date

MONTHS = (
    ("jan",),
    ("feb",),
    ("mar", "mär", "mae"),
    ("apr",),
    ("may", "mai"),
    ("jun",),
    ("jul",),
    ("aug",),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez"),
)
TYPED = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
WRITTEN = re.compile(r"(?<!\d)(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4})(?!\d)")
ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-zä]{3,})\.?,? (\d{4})(?!\d)")
MONTH_FIRST = re.compile(r"\b([a-zä]{3,})\.? (?:the )?(\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")


def birthday(said: str) -> date | None:
    """The one date that was said, day before month; None without a whole one, and where two could be meant."""
    text = said.lower()
    found = {_date(int(year), int(month), int(day)) for year, month, day in ISO.findall(text)}
    for pattern in (TYPED, WRITTEN):
        found |= {_date(int(year), int(month), int(day)) for day, month, year in pattern.findall(text)}
    found |= {_date(int(year), _month(month), int(day)) for day, month, year in DAY_FIRST.findall(text)}
    found |= {_date(int(year), _month(month), int(day)) for month, day, year in MONTH_FIRST.findall(text)}
    dates = found - {None}
    return dates.pop() if len(dates) == 1 else None


def _month(name: str) -> int:
    return next((number for number, stems in enumerate(MONTHS, 1) if name.startswith(stems)), 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
