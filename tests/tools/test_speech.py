from datetime import UTC, date, datetime, timedelta

import pytest

from tools import speech

NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (42, "forty-two"),
        (100, "one hundred"),
        (105, "one hundred and five"),
        (649, "six hundred and forty-nine"),
        (1000, "one thousand"),
        (1001, "one thousand and one"),
        (1999, "one thousand nine hundred and ninety-nine"),
        (20_500, "twenty thousand five hundred"),
        (1_000_000, "one million"),
        (1_000_050, "one million and fifty"),
        (2_305_100, "two million three hundred and five thousand one hundred"),
        (10**9 + 1, "one billion and one"),
        (10**12, "one zero zero zero zero zero zero zero zero zero zero zero zero"),
        (-15, "minus fifteen"),
    ],
)
def test_numbers_are_said_in_words(number: int, words: str) -> None:
    assert speech.cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "first"),
        (2, "second"),
        (3, "third"),
        (5, "fifth"),
        (8, "eighth"),
        (9, "ninth"),
        (11, "eleventh"),
        (12, "twelfth"),
        (20, "twentieth"),
        (21, "twenty-first"),
        (24, "twenty-fourth"),
        (30, "thirtieth"),
        (31, "thirty-first"),
    ],
)
def test_days_of_the_month_are_ordinals(number: int, words: str) -> None:
    assert speech.ordinal(number) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (2, "on Wednesday the twenty-sixth of November"),
        (-10, "on Friday the fourteenth of November"),
        (40, "on Saturday the third of January 2026"),
    ],
)
def test_a_day_is_said_from_where_we_are(days: int, words: str) -> None:
    assert speech.on_day(NOW + timedelta(days=days), NOW) == words


def test_the_day_is_the_shops_and_not_utcs() -> None:
    summer = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)

    assert speech.on_day(datetime(2025, 7, 1, 23, 30, tzinfo=UTC), summer) == "tomorrow"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "yesterday"),
        (10, "ten days ago, on Friday the fourteenth of November"),
        (70, "on Monday the fifteenth of September"),
    ],
)
def test_a_past_day_is_said_with_its_distance_while_that_helps(days: int, words: str) -> None:
    assert speech.ago(NOW - timedelta(days=days), NOW) == words


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (9, 0, "nine in the morning"),
        (10, 30, "half past ten in the morning"),
        (11, 45, "quarter to twelve in the morning"),
        (12, 0, "noon"),
        (12, 45, "quarter to one in the afternoon"),
        (14, 15, "quarter past two in the afternoon"),
        (15, 20, "twenty past three in the afternoon"),
        (15, 40, "twenty to four in the afternoon"),
        (16, 7, "four oh seven in the afternoon"),
        (18, 37, "six thirty-seven in the evening"),
        (22, 0, "ten at night"),
        (0, 0, "midnight"),
        (0, 5, "five past twelve at night"),
    ],
)
def test_a_time_is_said_as_on_a_clock(hour: int, minute: int, words: str) -> None:
    assert speech.clock(datetime(2025, 11, 24, hour, minute, tzinfo=UTC)) == words


def test_a_time_is_the_shops_and_not_utcs() -> None:
    assert speech.clock(datetime(2025, 7, 1, 9, 30, tzinfo=UTC)) == "half past ten in the morning"


def test_a_moment_is_a_day_and_a_time() -> None:
    assert speech.moment(NOW + timedelta(days=1, hours=1), NOW) == "tomorrow at half past ten in the morning"
    assert speech.moment(NOW + timedelta(days=3), NOW) == (
        "Thursday the twenty-seventh of November at half past nine in the morning"
    )


def test_things_are_listed_and_counted() -> None:
    assert speech.listed([]) == ""
    assert speech.listed(["a lamp"]) == "a lamp"
    assert speech.listed(["a lamp", "a rug", "a vase"], "or") == "a lamp, a rug or a vase"
    assert speech.counted(1, "oak shelf") == "an oak shelf"
    assert speech.counted(3, "bath towel") == "three bath towels"


def test_a_date_alone_needs_no_time() -> None:
    assert speech.on_day(date(2025, 11, 25), NOW) == "tomorrow"
