"""A part of the real stack fails in mid-call: the caller hears something at once, nothing is lost and nothing twice."""

import pytest

from tests.outages.course import Course

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_network_to_the_service_that_is_cut_costs_no_word(course: Course) -> None:
    await course.outcome("the_network_to_the_service_is_cut")


async def test_a_network_to_the_service_that_is_slow_costs_no_word(course: Course) -> None:
    await course.outcome("the_network_to_the_service_is_slow")


async def test_a_service_that_is_killed_and_back_after_three_seconds_costs_no_word(course: Course) -> None:
    await course.outcome("the_service_is_away_for_three_seconds")


async def test_another_service_says_the_rest_of_the_sentence_in_which_the_first_was_killed(course: Course) -> None:
    await course.outcome("another_service_takes_over_in_mid_sentence")


async def test_a_service_that_is_away_for_a_minute_ends_its_calls_in_words_and_serves_the_next_ones(
    course: Course,
) -> None:
    await course.outcome("the_service_is_away_for_a_minute")


async def test_a_caller_whose_network_is_away_for_eight_seconds_goes_on_where_they_were(course: Course) -> None:
    await course.outcome("the_network_of_the_caller_is_away")
