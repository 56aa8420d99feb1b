"""How often calls pass, with what that tells: known values of Wilson's interval."""

import pytest

from rehearsal.rate import Rate


@pytest.mark.parametrize(
    ("passed", "calls", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (50, 100, 0.4038, 0.5962),
        (1, 1, 0.2065, 1.0),
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
    ],
)
def test_the_interval_is_wilsons_and_within_what_a_share_can_be(
    passed: int, calls: int, low: float, high: float
) -> None:
    rate = Rate(passed, calls)

    assert rate.interval == pytest.approx((low, high), abs=0.00005)
    assert rate.interval[0] >= 0 and rate.interval[1] <= 1


def test_it_is_told_in_per_cent() -> None:
    assert str(Rate(3, 4)) == "3 of 4 passed, 75 % (30 to 95 %)"
