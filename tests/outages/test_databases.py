"""The database goes away in mid-call: callers are greeted, calls go on, and what happened is written down later."""

import pytest

from tests.outages.course import Course

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("how", ["stopped", "paused"])
async def test_while_the_database_is_away_calls_go_on_and_their_ledgers_are_whole_when_it_is_back(
    course_of_databases: Course, how: str
) -> None:
    await course_of_databases.outcome(f"the_database_is_{how}")
