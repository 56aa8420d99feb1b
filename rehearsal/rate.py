"""How often calls pass, and what that tells: of a few calls not much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from rehearsal.house import Verdict

CONFIDENCE = 0.95
DEVIATIONS = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""So many standard deviations on either side hold that share of a normal distribution."""


@dataclass(frozen=True)
class Rate:
    """So many passed of so many calls, one at least."""

    passed: int
    calls: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.passed / self.calls

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of all calls that could be held lies: Wilson's score interval, good for few calls as well."""
        square = DEVIATIONS**2 / self.calls
        middle = self.share + square / 2
        half = DEVIATIONS * sqrt(self.share * (1 - self.share) / self.calls + square / (4 * self.calls))
        return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))

    def __str__(self) -> str:
        """As "3 of 4 passed, 75 % (30 to 95 %)"."""
        low, high = self.interval
        share = f"{self.share * 100:.0f} % ({low * 100:.0f} to {high * 100:.0f} %)"
        return f"{self.passed} of {self.calls} passed, {share}"


def rate_of(verdicts: Iterable[Verdict]) -> Rate:
    """That of all of these calls."""
    passed = [verdict.passed for verdict in verdicts]
    return Rate(sum(passed), len(passed))


def rates_of(verdicts: Iterable[Verdict]) -> Mapping[str, Rate]:
    """That of each scenario, by their names."""
    calls: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        calls.setdefault(verdict.play.name, []).append(verdict)
    return {name: rate_of(calls[name]) for name in sorted(calls)}
