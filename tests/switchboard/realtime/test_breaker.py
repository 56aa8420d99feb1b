"""What a process knows of its services."""

import pytest

from switchboard.realtime.breaker import DOWN_SECONDS, FAILURES, Breaker, Breakers
from switchboard.realtime.endpoints import Endpoint, Endpoints


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which the test sets."""
    now = [100.0]
    monkeypatch.setattr("switchboard.realtime.breaker.time.monotonic", lambda: now[0])
    return now


def failing(breaker: Breaker, times: int) -> Breaker:
    for _ in range(times):
        breaker.failed()
    return breaker


def test_a_service_is_down_after_some_failures_in_a_row_and_for_a_while(clock: list[float]) -> None:
    breaker = failing(Breaker("one"), FAILURES - 1)
    assert not breaker.down
    assert failing(breaker, 1).down
    clock[0] += DOWN_SECONDS
    assert not breaker.down
    assert failing(breaker, 1).down


def test_one_that_has_served_meanwhile_is_not(clock: list[float]) -> None:
    breaker = failing(Breaker("one"), FAILURES - 1)
    breaker.served()

    assert not failing(breaker, 1).down


def test_one_that_says_so_itself_is_down_at_once(clock: list[float]) -> None:
    breaker = Breaker("one")
    breaker.trip()

    assert breaker.down


def test_those_of_a_process_are_shared_by_name() -> None:
    breakers = Breakers()

    assert breakers.of("one") is breakers.of("one")
    assert breakers.of("one") is not breakers.of("two")


def test_a_call_goes_to_the_next_that_may_work_and_stays_there(clock: list[float]) -> None:
    first, second = Endpoint(Breaker("one")), Endpoint(Breaker("two"))
    endpoints = Endpoints([first, second])
    assert (endpoints.at_hand, endpoints.another) == (first, True)
    endpoints.failed()
    assert endpoints.at_hand is second
    endpoints.leave()
    assert (endpoints.at_hand, endpoints.another) == (first, False)


def test_a_call_that_begins_is_not_sent_where_nothing_works(clock: list[float]) -> None:
    down = Endpoint(failing(Breaker("one"), FAILURES))
    up = Endpoint(Breaker("two"))

    assert (Endpoints([down, up]).at_hand, Endpoints([down, up]).hopeless) == (up, False)
    assert Endpoints([down]).hopeless
