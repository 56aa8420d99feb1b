"""How long things take: always the same, or drawn anew each time."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import Field

Z95 = 1.6449
"""How many standard deviations above the middle 95 % lie below."""

Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Between:
    """Anything between two values, each as likely."""

    low: Positive
    high: Positive

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")

    def draw(self, dice: random.Random) -> float:
        """One value."""
        return dice.uniform(self.low, self.high)


@dataclass(frozen=True)
class Percentiles:
    """As services are: half below `p50`, one in twenty above `p95`, and a few far above it (log-normal)."""

    p50: Positive
    p95: Positive

    def __post_init__(self) -> None:
        if self.p50 > self.p95:
            raise ValueError("p50 is above p95")

    def draw(self, dice: random.Random) -> float:
        """One value."""
        return dice.lognormvariate(math.log(self.p50), math.log(self.p95 / self.p50) / Z95)


Time: TypeAlias = Seconds | Between | Percentiles
Pace: TypeAlias = Positive | Between | Percentiles


def drawn(time: Time, dice: random.Random) -> float:
    """How long it takes this time."""
    return time if isinstance(time, int | float) else time.draw(dice)


def session_dice(seed: int, number: int) -> random.Random:
    """The dice of one session's times, by its number: what other sessions do changes nothing."""
    return random.Random(f"{seed}/{number}/times")


def time_of(text: str, unit: float = 1.0) -> Time:
    """`400`, `300..900` (anything between) or `400/900` (half below 400, 95 % below 900), each times `unit`.

    Raises ValueError.
    """
    for sign, kind in (("..", Between), ("/", Percentiles)):
        if sign in text:
            first, _, second = text.partition(sign)
            return kind(_positive(first) * unit, _positive(second) * unit)
    value = _number(text)
    if not 0 <= value < math.inf:
        raise ValueError("it has to be 0 or more")
    return value * unit


def _positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < math.inf:
        raise ValueError("it has to be above 0")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
