"""Money, dates and times as people say them on the phone. Days are the shop's (see `shop/calendar.py`)."""

from collections.abc import Sequence
from datetime import date, datetime

from shop.calendar import day_of, local
from tools.hearing import TEENS, TENS, UNITS

ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
MONEY = {"GBP": ("pound", "pounds", "penny", "pence"), "EUR": ("euro", "euros", "cent", "cents")}


def cardinal(number: int) -> str:
    """0 to 999,999 in words: "two hundred and five"."""
    if number < 20:
        return (UNITS + TEENS)[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return TENS[tens - 2] + (f"-{UNITS[unit]}" if unit else "")
    size, name, joint = (1000, "thousand", " ") if number >= 1000 else (100, "hundred", " and ")
    most, rest = divmod(number, size)
    if 0 < rest < 100:
        joint = " and "
    return f"{cardinal(most)} {name}" + (joint + cardinal(rest) if rest else "")


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


def money(cents: int, currency: str) -> str:
    """Integer cents as "twelve pounds fifty", "five pence", "one pound"."""
    one, many, small_one, small_many = MONEY[currency]
    whole, part = divmod(cents, 100)
    parts = f"{cardinal(part)} {small_one if part == 1 else small_many}"
    if not whole:
        return parts
    main = f"{cardinal(whole)} {one if whole == 1 else many}"
    if not part:
        return main
    # "Twelve pounds five" could be twelve pounds fifty, half heard.
    return f"{main} and {parts}" if part < 10 else f"{main} {cardinal(part)}"


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
