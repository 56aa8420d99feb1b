"""Filters as they come from an address."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.operate.cursor import Cursor
from switchboard.operate.filter import Filter, FilterError

EVERY = st.sampled_from([*(field.alias or name for name, field in Filter.model_fields.items()), "other"])


def test_what_is_empty_is_not_given() -> None:
    assert Filter.of({"line": "", "from": None, "limit": ""}) == Filter()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("outcome", "happy", "outcome: one of goodbye, caller_left, "),
        ("outcome", "happy", ", running, lost"),
        ("from", "yesterday", "from: a day or a time as in ISO 8601, such as 2026-11-27 or 2026-11-27T09:30Z"),
        ("from", "0001-01-01T00:00+23:00", "from: a day or a time as in ISO 8601"),
        ("min_seconds", "-1", "min_seconds: Input should be greater than or equal to 0"),
        ("max_seconds", "nan", "max_seconds: Input should be a finite number"),
        ("min_cost", "much", "min_cost: Input should be a valid decimal"),
        ("max_cost", "1e99", "max_cost: Input should be less than 100000000"),
        ("limit", "101", "limit: Input should be less than or equal to 100"),
        ("limit", "0", "limit: Input should be greater than or equal to 1"),
        ("after", "here", "after: the `next` of the page before"),
        ("after", urlsafe_b64encode(b'["2026-11-27", 5]').decode(), "after: the `next` of the page before"),
        ("after", urlsafe_b64encode(b"[" * 9999).decode(), "after: the `next` of the page before"),
        ("line", "x" * 65, "line: String should have at most 64 characters"),
        ("colour", "red", "filters are after, agent, from, limit, line, max_cost, "),
    ],
)
def test_what_cannot_be_meant_is_told_by_what_is_allowed(name: str, value: str, told: str) -> None:
    with pytest.raises(FilterError) as refused:
        Filter.of({name: value})
    assert told in str(refused.value)
    assert value not in str(refused.value) or value in ("0", "-1")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(FilterError, match=r"^limit: .*; after: |^after: .*; limit: "):
        Filter.of({"limit": "many", "after": "here"})


@pytest.mark.parametrize(
    ("begin", "end", "low", "high"),
    [
        ("min_seconds", "max_seconds", "59", "60"),
        ("min_cost", "max_cost", "0.1", "0.11"),
        ("from", "to", "2026-11-27", "2026-11-28"),
    ],
)
def test_a_range_ends_where_it_begins_or_after_that(begin: str, end: str, low: str, high: str) -> None:
    Filter.of({end: high, begin: low})
    Filter.of({end: low, begin: low})
    with pytest.raises(FilterError, match=f"^{end}: the range has to end after it begins$"):
        Filter.of({end: low, begin: high})


def test_what_is_wrong_is_told_by_the_name_that_it_has_for_whoever_asks() -> None:
    with pytest.raises(FilterError, match=r"^--LINE: String .*; --FROM: a day or a time"):
        Filter.of({"from": "soon", "line": "x" * 65}, called=lambda name: f"--{name.upper()}")


def test_a_time_without_a_zone_is_in_utc() -> None:
    assert Filter.of({"from": "2026-11-27T09:30"}).since == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def test_a_cursor_comes_back_from_an_address_as_it_was() -> None:
    cursor = Cursor(datetime(2026, 11, 27, 9, 30, 0, 123456, tzinfo=UTC), "call/ü?&=1")
    assert str(cursor).replace("-", "").replace("_", "").isalnum()
    assert Cursor.read(str(cursor)) == cursor


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws more slowly
@given(st.dictionaries(EVERY, st.text(max_size=80) | st.text("0123456789TZ:.eE+-", max_size=30)))
def test_whatever_an_address_says_it_is_a_filter_or_refused(given_: dict[str, str]) -> None:
    try:
        Filter.of(given_)
    except FilterError as error:
        assert str(error)
