"""Which of some times a caller means: "tomorrow at half past ten", "Friday morning", "the first one"."""

import re
from collections.abc import Sequence
from datetime import datetime

from shop.calendar import local
from tools.speech import cardinal, moment, on_day

# "The first free one" means the earliest, and names nothing else.
EARLIEST = {"one", "free", "available", "first", "earliest", "soonest", "next", "asap", "any", "anytime", "whenever"}
FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an the on at in of and or for to please would be is that this then t o clock time slot yes about me my",
    )
)


def matching(times: Sequence[datetime], said: str, now: datetime) -> Sequence[datetime]:
    """The times that every word fits, in order.

    One, where the words are how the time is said, or ask for the first; none without words.
    """
    exact = [time for time in times if _words(moment(time, now)) == _words(said)]
    if exact:
        return exact
    words = set(_words(said))
    if not words or not words - EARLIEST:
        return times[:1] if words else []
    return [time for time in times if words <= _names(time, now)]


def _names(time: datetime, now: datetime) -> set[str]:
    """Every word that a caller, or a model that likes digits, may use for a time."""
    shop = local(time)
    hour = (shop.hour - 1) % 12 + 1
    digits = f"{shop:%Y-%m-%d %H:%M %p %a %b} {shop.day} {_suffixed(shop.day)} {shop.hour} {hour}"
    words = f"{moment(time, now)} {on_day(time, now)} {_absolute(time)} {cardinal(hour)} {cardinal(shop.minute)}"
    return set(_words(f"{digits} {words} {'morning' if shop.hour < 12 else 'afternoon'}"))


def _absolute(time: datetime) -> str:
    # Seen from a year away no day is "tomorrow".
    return on_day(time, time.replace(year=time.year - 1, day=1))


def _suffixed(day: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th") if day not in (11, 12, 13) else "th"
    return f"{day}{suffix}"


def _words(text: str) -> list[str]:
    # "2pm" is "2 pm", "10.30" is "10 30"; "24th" stays whole.
    parts = re.findall(r"\d+(?:st|nd|rd|th)|\d+|[a-z]+", text.lower().replace(".m.", "m"))
    return [part for part in parts if part not in FILLERS]
