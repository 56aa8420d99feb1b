from datetime import UTC, datetime

import pytest

from tools.speech import moment
from tools.times import matching

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
