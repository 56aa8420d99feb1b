"""Which of some times a caller means."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.speech import moment
from tools.times import matching

WEEKDAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
WORDS = [
    *(f"{name}day" for name in WEEKDAYS),
    *(
        "tomorrow",
        "the",
        "first",
        "of",
        "december",
        "november",
        "at",
        "half",
        "past",
        "nine",
        "2",
        "30",
        "9:30",
        "28th",
    ),
    *("pm", "in", "afternoon", "any", "next", "not", "or", "11", "o'clock", "quarter", "to", "2025-11-27", "one"),
]

NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
TIMES = [
    datetime(2025, 11, day, hour, minute, tzinfo=UTC)
    for day in (25, 26, 27)
    for hour, minute in ((9, 30), (10, 30), (14, 0), (16, 30))
]


@pytest.mark.parametrize("time", TIMES)
def test_a_time_is_found_by_the_words_it_was_offered_with(time: datetime) -> None:
    assert matching(TIMES, moment(time, NOW), NOW) == [time]


@pytest.mark.parametrize(
    ("said", "day", "hour", "minute"),
    [
        ("tomorrow at half past ten", 25, 10, 30),
        ("Tomorrow at 10:30 please", 25, 10, 30),
        ("tomorrow, ten thirty", 25, 10, 30),
        ("tomorrow at 2 pm", 25, 14, 0),
        ("tomorrow at two o'clock", 25, 14, 0),
        ("Wednesday at 2 p.m.", 26, 14, 0),
        ("Wednesday the 26th at 4.30", 26, 16, 30),
        ("on the twenty-seventh at 14:00", 27, 14, 0),
        ("2025-11-26T10:30", 26, 10, 30),
        ("Thu 27 Nov 9:30 am", 27, 9, 30),
        ("the first one", 25, 9, 30),
        ("the earliest", 25, 9, 30),
    ],
)
def test_a_time_is_understood_however_it_is_said(said: str, day: int, hour: int, minute: int) -> None:
    assert matching(TIMES, said, NOW) == [datetime(2025, 11, day, hour, minute, tzinfo=UTC)]


def test_a_day_or_half_of_it_means_all_its_times() -> None:
    assert matching(TIMES, "Wednesday", NOW) == TIMES[4:8]
    assert matching(TIMES, "Wednesday afternoon", NOW) == TIMES[6:8]


@pytest.mark.parametrize("said", ["", "next Sunday", "tomorrow at eleven", "banana"])
def test_a_time_that_is_not_there_means_none(said: str) -> None:
    assert matching(TIMES, said, NOW) == []


NOVEMBER = [
    datetime(2025, 11, day, hour, minute, tzinfo=UTC)
    for day in (26, 27, 28)
    for hour, minute in ((9, 30), (11, 0), (14, 0), (16, 30))
]
DECEMBER = [datetime(2025, 12, day, hour, minute, tzinfo=UTC) for day in (1, 2) for hour, minute in ((9, 30), (14, 0))]
FREE = [*NOVEMBER, *DECEMBER]


@pytest.mark.parametrize(
    ("said", "month", "day", "hour", "minute"),
    [
        ("next Monday at half nine... sorry, half past nine", 0, 0, 0, 0),  # "half" alone is not understood
        ("Monday at half past nine", 12, 1, 9, 30),
        ("next Monday at 9:30", 12, 1, 9, 30),
        ("the first of December at two", 12, 1, 14, 0),
        ("December the first at 2 pm", 12, 1, 14, 0),
        ("Dec 2, 9.30", 12, 2, 9, 30),
        ("2nd December 2025 14:00", 12, 2, 14, 0),
        ("2/12/2025 at 14:00", 12, 2, 14, 0),
        ("second of december nine thirty am", 12, 2, 9, 30),
        ("the day after tomorrow at 11", 11, 26, 11, 0),
        ("Thursday at eleven o'clock", 11, 27, 11, 0),
        ("Thursday, 11 o\u2019clock please", 11, 27, 11, 0),
        ("thursday 11am", 11, 27, 11, 0),
        ("Friday at four thirty", 11, 28, 16, 30),
        ("Friday half past four in the afternoon", 11, 28, 16, 30),
        ("Friday the twenty-eighth at 16:30", 11, 28, 16, 30),
        ("I'd like the 28th, 2 p.m.", 11, 28, 14, 0),
        ("I'll take the 28th, 2 p.m.", 11, 28, 14, 0),
        ("the first one on Friday", 11, 28, 9, 30),
        ("earliest Thursday", 11, 27, 9, 30),
        ("the soonest on Monday", 12, 1, 9, 30),
        ("first thing", 0, 0, 0, 0),
        ("Friday 11", 11, 28, 11, 0),
        ("Tuesday afternoon", 12, 2, 14, 0),
        # nothing that differs in day, ever
        ("30 November at 9:30", 0, 0, 0, 0),
        ("the thirtieth of November at half past nine", 0, 0, 0, 0),
        ("November 30", 0, 0, 0, 0),
        ("30/11 at 9:30", 0, 0, 0, 0),
        ("2026-11-27 at 11:00", 0, 0, 0, 0),
        ("27 November 2026", 0, 0, 0, 0),
        ("Friday the 27th", 0, 0, 0, 0),
        ("Sunday at 9:30", 0, 0, 0, 0),
        ("tomorrow at 9:30", 0, 0, 0, 0),
        ("not Friday", 0, 0, 0, 0),
        ("any day except Friday", 0, 0, 0, 0),
        ("after two on Friday", 0, 0, 0, 0),
        ("Friday week at 11", 0, 0, 0, 0),
        ("Thursday or Friday at 11", 0, 0, 0, 0),
        ("Friday 25:00", 0, 0, 0, 0),
        ("Friday at 14 pm", 0, 0, 0, 0),
        ("Friday at 99:99", 0, 0, 0, 0),
        ("13/13/2025", 0, 0, 0, 0),
    ],
)
def test_a_time_is_the_one_that_was_said_or_none(said: str, month: int, day: int, hour: int, minute: int) -> None:
    wanted = [datetime(2025, month, day, hour, minute, tzinfo=UTC)] if month else []
    assert matching(FREE, said, NOW) == wanted


@pytest.mark.parametrize(
    "said", ["any time on Monday", "next Monday", "Monday whenever", "a free one on Monday", "1/12"]
)
def test_whichever_of_a_day_means_all_of_that_day(said: str) -> None:
    assert matching(FREE, said, NOW) == DECEMBER[:2]


@pytest.mark.parametrize("said", ["any time", "whenever", "the next one", "the first free one", "asap please"])
def test_whichever_of_all_means_the_first(said: str) -> None:
    assert matching(FREE, said, NOW) == FREE[:1]


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_whatever_is_said_nothing_raises_and_no_other_day_than_a_named_one_is_found(said: str) -> None:
    found = matching(FREE, said, NOW)

    assert set(found) <= set(FREE)
    named = {index for index, name in enumerate(WEEKDAYS) if re.search(rf"\b{name}day\b", said)}
    assert not named or {time.weekday() for time in found} <= named
