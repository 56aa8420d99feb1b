"""Whether there is somebody at the other end of a connection, asked when the caller speaks to it and nothing comes."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from switchboard.realtime.countdown import Countdown

DOUBT_SECONDS = 0.5
"""After so long without a sign of life whoever speaks asks for one."""
ANSWER_SECONDS = 0.7
"""Where none comes for so long there may be nobody."""
GONE_SECONDS = 3.0
"""Where none comes for so long there is nobody: no network takes that."""
ALIVE = "switchboard.alive"
"""The kind of event that a sign of life is, where it is none of the service's."""


class Alive:
    """Of one connection after another. `ping` asks; `gone` is called when that was not answered."""

    def __init__(self, ping: Callable[[], Coroutine[Any, Any, None]], gone: Callable[[], None]) -> None:
        self._ping = ping
        self._gone = gone
        self._last = time.monotonic()
        self._asked: Countdown | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def doubtful(self) -> bool:
        """Whether a sign of life was asked for, and should have come by now."""
        return self._asked is not None and self._asked.passed >= ANSWER_SECONDS

    def sign(self) -> None:
        """Something has come, or it is another connection, or none."""
        self._last = time.monotonic()
        if self._asked:
            self._asked.cancel()
            self._asked = None

    def doubt(self) -> None:
        """Somebody speaks to it: ask, if nothing has come for a while."""
        if self._asked is None and time.monotonic() > self._last + DOUBT_SECONDS:
            self._asking = asyncio.create_task(self._ping(), name="ask for a sign of life")
            self._asked = Countdown(GONE_SECONDS, self._gone)
