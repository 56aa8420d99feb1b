"""Numbers, dates and times as people say them on the phone. Days are the shop's (see `switchboard/calendar.py`)."""

from collections.abc import Sequence
from datetime import date, datetime

from switchboard.calendar import day_of, local
from tools.hearing import TEENS, TENS, UNITS

ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
LARGE = 10**12
SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))


def cardinal(number: int) -> str:
    """A number in words: "two hundred and five"; a very large one digit by digit."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number < 20:
        return (UNITS + TEENS)[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return TENS[tens - 2] + (f"-{UNITS[unit]}" if unit else "")
    if number >= LARGE:
        return digit_by_digit(str(number))
    size, name = next(scale for scale in SCALES if number >= scale[0])
    most, rest = divmod(number, size)
    joint = " and " if rest < 100 or size == 100 else " "
    return f"{cardinal(most)} {name}" + (joint + cardinal(rest) if rest else "")


def digit_by_digit(digits: str) -> str:
    """ "one zero zero four two"."""
    return " ".join(UNITS[int(digit)] for digit in digits)


def ordinal(number: int) -> str:
    """1 to 99: "twenty-fourth"."""
    head, dash, last = cardinal(number).rpartition("-")
    if last in ORDINALS:
        last = ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last = last.replace("twelve", "twelf") + "th"
    return head + dash + last


def calendar_day(day: date, today: date) -> str:
    """ "Tuesday the twenty-fourth of November", with the year where it is another one."""
    said = f"{day:%A} the {ordinal(day.day)} of {day:%B}"
    return said if day.year == today.year else f"{said} {day.year}"


def on_day(when: date | datetime, now: datetime) -> str:
    """ "today", "tomorrow", "yesterday", or "on Tuesday the twenty-fourth of November"."""
    day, today = _day(when), day_of(now)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get((day - today).days) or f"on {calendar_day(day, today)}"


def ago(when: date | datetime, now: datetime) -> str:
    """A day that is past: "yesterday", "ten days ago, on Friday the fourteenth of November"."""
    days = (day_of(now) - _day(when)).days
    return f"{cardinal(days)} days ago, {on_day(when, now)}" if 1 < days <= 60 else on_day(when, now)


def clock(moment: datetime) -> str:
    """ "half past ten in the morning", "quarter to four in the afternoon", "noon"."""
    moment = local(moment)
    hour, minute = moment.hour, moment.minute
    if (hour, minute) in ((0, 0), (12, 0)):
        return "midnight" if hour == 0 else "noon"
    return f"{_face(hour, minute)} {_part_of_day(hour)}"


def moment(when: datetime, now: datetime) -> str:
    """A day and a time: "tomorrow at half past ten in the morning", "Thursday the ... at ...\""""
    return f"{on_day(when, now).removeprefix('on ')} at {clock(when)}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def counted(count: int, noun: str) -> str:
    """ "a desk lamp", "an oak shelf", "three towels"."""
    if count == 1:
        return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
    return f"{cardinal(count)} {noun}s"


def _day(when: date | datetime) -> date:
    return day_of(when) if isinstance(when, datetime) else when


def _face(hour: int, minute: int) -> str:
    this, following = (cardinal((h - 1) % 12 + 1) for h in (hour, hour + 1))
    spoken = {0: this, 15: f"quarter past {this}", 30: f"half past {this}", 45: f"quarter to {following}"}
    if minute in spoken:
        return spoken[minute]
    if minute % 5 == 0:
        return f"{cardinal(minute)} past {this}" if minute < 30 else f"{cardinal(60 - minute)} to {following}"
    return f"{this} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def _part_of_day(hour: int) -> str:
    if hour < 5 or hour >= 22:
        return "at night"
    if hour < 12:
        return "in the morning"
    return "in the afternoon" if hour < 18 else "in the evening"
