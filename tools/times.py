"""Which of some times a caller means: "tomorrow at half past ten", "Friday morning", "the first one"."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from switchboard.calendar import day_of, local
from tools.hearing import TEENS, TENS, UNITS
from tools.speech import ordinal

Fits = Callable[[datetime], bool]
"""Whether a time, on the shop's clock, is one that some words mean."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"
HALF = r"(?: ?(am|pm))?"
EARLIEST = {"first", "earliest", "soonest", "asap"}
ANY = {"any", "anytime", "whenever", "next", "free", "available", "one"}
"""Of all that the other words mean, whichever; of no other words, the earliest."""
FILLERS = frozenset(
    re.findall(
        r"\w+",
        """
        a an the on at in of and or for to please would be is that this then clock time slot yes about me my i ll d s
        take like can you want lets make it ok okay erm um uh hello hi thanks thank well coming sometime during fine
        """,
    )
)
PARTS = {"morning": range(5, 12), "afternoon": range(12, 18), "evening": range(17, 22), "lunchtime": range(12, 14)}
HOURS = {"noon": 12, "midday": 12, "midnight": 0}
BEFORE_THE_HOUR = ("to", "before")


def matching(times: Sequence[datetime], said: str, now: datetime) -> Sequence[datetime]:
    """The times that fit all that was said, in order.

    One, where the words ask for the first; none where something was not understood: that is to be asked, not guessed.
    """
    fits, rest = _understood(said, day_of(now))
    if not fits and not rest & (EARLIEST | ANY):
        return []
    if rest - EARLIEST - ANY:
        return []
    found = [time for time in times if all(fit(local(time)) for fit in fits)]
    return found[:1] if rest & EARLIEST or not fits else found


def _understood(said: str, today: date) -> tuple[list[Fits], set[str]]:
    """What the words mean, and those that mean nothing to us."""
    text, fits = _in_digits(said), list[Fits]()

    def take(pattern: str, meaning: Callable[[re.Match[str]], Fits]) -> None:
        def taken(found: re.Match[str]) -> str:
            fits.append(meaning(found))
            return " ; "

        nonlocal text
        text = re.sub(rf"\b{pattern}\b", taken, text)

    take(r"(\d{4})-(\d{1,2})-(\d{1,2})", lambda m: _on(int(m[3]), int(m[2]), int(m[1])))
    take(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", lambda m: _on(int(m[1]), int(m[2]), int(m[3] or 0)))
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    year = r"(?:,? (\d{4}))?"
    take(rf"{day} (?:of )?{MONTH}{year}", lambda m: _on(int(m[1]), _month(m[2]), int(m[3] or 0)))
    take(rf"{MONTH} (?:the )?{day}(?![:.]\d){year}", lambda m: _on(int(m[2]), _month(m[1]), int(m[3] or 0)))
    take(MONTH, lambda m: lambda time: time.month == _month(m[1]))
    take(r"(?:the )?day after tomorrow", lambda _: _in_days(today, 2))
    take(r"tomorrow", lambda _: _in_days(today, 1))
    take(r"today", lambda _: _in_days(today, 0))
    take(r"tonight", lambda _: lambda time: time.date() == today and time.hour in PARTS["evening"])
    take(WEEKDAY, lambda m: lambda time: time.weekday() == WEEKDAYS.index(m[1][:3]))
    take(r"(\d{1,2})(?:st|nd|rd|th)", lambda m: lambda time: time.day == int(m[1]))
    take(rf"half past (\d{{1,2}}){HALF}", lambda m: _at(int(m[1]), 30, m[2]))
    take(rf"(quarter|\d{{1,2}})(?: minutes?)? (past|after|to|before) (\d{{1,2}}){HALF}", _around_the_hour)
    take(rf"(\d{{1,2}})[:.](\d{{2}})(?::00)?{HALF}", lambda m: _at(int(m[1]), int(m[2]), m[3]))
    take(rf"(\d{{1,2}}) (\d{{2}}){HALF}", lambda m: _at(int(m[1]), int(m[2]), m[3]))
    take(r"(\d{1,2}) ?(am|pm)", lambda m: _at(int(m[1]), 0, m[2]))
    take(rf"(\d{{1,2}}) ?oclock{HALF}", lambda m: _at(int(m[1]), 0, m[2]))
    take(r"at (\d{1,2})", lambda m: _at(int(m[1]), 0, None))
    take("(noon|midday|midnight)", lambda m: lambda time: (time.hour, time.minute) == (HOURS[m[1]], 0))
    take("(morning|afternoon|evening|lunchtime)", lambda m: lambda time: time.hour in PARTS[m[1]])
    take(r"(\d{1,2})", lambda m: _day_or_hour(int(m[1])))
    return fits, set(re.findall(r"\w+", text)) - FILLERS


def _in_digits(said: str) -> str:
    """Small letters, with numbers in digits: "half past 10", "24th of november", "9 05"."""
    text = said.lower().replace("\u2019", "'").replace("o'clock", "oclock")
    text = re.sub(r"(?<=\d)t(?=\d)", " ", text)
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text).replace("'", " ")
    text = re.sub(rf"\bfirst(?= (?:of )?{MONTH}\b)", "1st", text)
    text = re.sub(rf"\b{MONTH} (?:the )?first\b", r"\1 1st", text)
    text = re.sub(r"\b(?:oh|o|zero) (?=[a-z])", "0", text)
    for words, digits in NUMBERS.items():
        text = re.sub(rf"(?<![a-z]){words}\b", digits, text)
    return text


def _numbers() -> dict[str, str]:
    """Numbers as they are said up to 59, the longer ones first; "one" and "first" are not always numbers."""
    cardinals = {word: str(value) for value, word in enumerate(UNITS + TEENS)}
    for tens, ten in enumerate(TENS[:4], 2):
        cardinals[ten] = str(tens * 10)
        cardinals |= {f"{ten} {unit}": str(tens * 10 + value) for value, unit in enumerate(UNITS) if value}
    days = {ordinal(day).replace("-", " "): f"{day}th" for day in range(2, 32)}
    both = cardinals | days
    del both["one"]
    one_oclock = {
        r"one(?= ?(?:am|pm|oclock|\d\d\b|thirty|fifteen|forty))": "1",
        r"(?<=past )one": "1",
        "(?<=to )one": "1",
    }
    return one_oclock | dict(sorted(both.items(), key=lambda item: -len(item[0]))) | {r"(?<=at )one": "1"}


NUMBERS = _numbers()


def _month(name: str) -> int:
    return MONTHS.index(name[:3]) + 1


def _on(day: int, month: int, year: int) -> Fits:
    return lambda time: (time.day, time.month) == (day, month) and year in (0, time.year)


def _in_days(today: date, days: int) -> Fits:
    return lambda time: time.date() == today + timedelta(days=days)


def _at(hour: int, minute: int, half: str | None) -> Fits:
    """A time of the clock, of either half of the day unless the words say which."""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1
    either = not half and 1 <= hour <= 12
    return lambda time: time.minute == minute and (time.hour % 12 == hour % 12 if either else time.hour == hour)


def _around_the_hour(found: re.Match[str]) -> Fits:
    minutes = 15 if found[1] == "quarter" else int(found[1])
    hour = int(found[3])
    if found[2] in BEFORE_THE_HOUR and minutes:
        hour, minutes = hour - 1 or 12, 60 - minutes
    return _at(hour, minutes, found[4])


def _day_or_hour(number: int) -> Fits:
    at = _at(number, 0, None)
    return lambda time: time.day == number or at(time)
