"""A time within which something should have come, of which a process that was kept from listening is not the judge."""

import asyncio
from collections.abc import Callable

TICK_SECONDS = 0.1


class Countdown:
    """Calls `over` after `seconds` in which this process ran.

    On a machine that has no time for it, what came in time is read late: a late tick counts like any other, and
    between two of them all that has come is read.
    """

    def __init__(self, seconds: float, over: Callable[[], None]) -> None:
        self._left = seconds
        self._over = over
        self.passed = 0.0
        """Seconds so far."""
        self._begin_tick()

    def cancel(self) -> None:
        """It is not over any more."""
        self._timer.cancel()

    def _begin_tick(self) -> None:
        tick = min(TICK_SECONDS, self._left)
        self._timer = asyncio.get_running_loop().call_later(tick, self._tick, tick)

    def _tick(self, seconds: float) -> None:
        self.passed += seconds
        self._left -= seconds
        if self._left > 0:
            self._begin_tick()
        else:
            self._over()
