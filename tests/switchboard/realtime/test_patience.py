"""How long a service is asked again, and when: as it says itself."""

import pytest

from switchboard.realtime.patience import RETRY_SECONDS, Patience, told_seconds

LIMITED = "Rate limit is exceeded. "


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        (LIMITED + "Please try again in 20 seconds.", 20),
        (LIMITED + "Try again in 1 second", 1),
        (LIMITED + "Please try again in 1.5s. Visit the page.", 1.5),
        (LIMITED + "Please retry after 250ms.", 0.25),
        (LIMITED + "Please retry after 3 milliseconds.", 0.003),
        (LIMITED + "Please try again in 2 minutes.", 120),
        (LIMITED, None),
        ("The server had an error. Try again later.", None),
        ("", None),
    ],
)
def test_a_service_says_when_it_may_be_asked_again(message: str, seconds: float | None) -> None:
    assert told_seconds(message) == seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which the test sets."""
    now = [100.0]
    monkeypatch.setattr("switchboard.realtime.patience.time.monotonic", lambda: now[0])
    return now


def test_it_is_asked_again_until_the_budget_is_spent(clock: list[float]) -> None:
    ours = Patience(3.0)

    assert [ours.failed() for _ in range(4)] == [*RETRY_SECONDS, RETRY_SECONDS[-1]]
    clock[0] += 2.0
    assert ours.failed() == RETRY_SECONDS[-1]
    clock[0] += 0.1
    assert ours.failed() is None


def test_a_time_beyond_the_budget_is_not_waited_for(clock: list[float]) -> None:
    assert Patience(3.0).failed("Please try again in 4 seconds.") is None


def test_one_that_has_served_meanwhile_has_the_whole_budget_again(clock: list[float]) -> None:
    ours = Patience(3.0)
    ours.failed()
    clock[0] += 10.0
    assert ours.failed() is None
    ours.served()

    assert ours.failed() == RETRY_SECONDS[0]
