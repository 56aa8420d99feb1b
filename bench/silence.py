"""How long a caller hears nothing while something is due to them."""

import asyncio
import time
from collections.abc import Callable
from typing import Self

TICK, LATE = 0.01, 0.02


class Clock:
    """Seconds in which this process was given the processor: a tick that comes late counts for no more than `LATE`.

    What the product promises it promises on a machine that has time for it; a busy one is no fault of a call.
    """

    def __init__(self) -> None:
        self._told = 0.0
        self._last = time.monotonic()
        self._ticking: asyncio.Task[None] | None = None

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return self._told + min(time.monotonic() - self._last, LATE)

    async def __aenter__(self) -> Self:
        self._ticking = asyncio.create_task(self._tick(), name="clock")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ticking:
            self._ticking.cancel()
            await asyncio.wait([self._ticking])

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self.advance(min(time.monotonic() - self._last, LATE))

    def advance(self, seconds: float) -> None:
        """So much time has passed."""
        self._told, self._last = self._told + seconds, time.monotonic()


class Silence:
    """Of one caller: from when their turn ended, or the last sound they heard, to the next, while something is due."""

    def __init__(self, clock: Clock, also: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._also = also
        """Is told of every sound as well."""
        self._since: float | None = None
        self.longest = 0.0
        """In seconds."""

    def due(self) -> None:
        """The caller's turn has ended: something is due from now on."""
        self._measure()
        self._since = self._clock.now

    def heard(self) -> None:
        """The caller hears something."""
        self._also()
        self._measure()
        if self._since is not None:
            self._since = self._clock.now

    def over(self) -> None:
        """All that was due was heard."""
        self._measure()
        self._since = None

    def _measure(self) -> None:
        if self._since is not None:
            self.longest = max(self.longest, self._clock.now - self._since)
