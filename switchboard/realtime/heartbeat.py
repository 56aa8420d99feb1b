"""A connection on which nobody says anything is asked for a sign of life now and then."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from switchboard.realtime.countdown import Countdown

BEAT_SECONDS = 3.0
"""One on which nothing comes for so long is asked, and is lost after as long again: within 9 s in all."""


class Heartbeat:
    """Of one connection after another. `ping` asks; `gone` is called when that was not answered.

    That of aiohttp takes a connection for lost on which a starved process has not read the answer.
    """

    def __init__(self, ping: Callable[[], Coroutine[Any, Any, None]], gone: Callable[[], None]) -> None:
        self._ping = ping
        self._gone = gone
        self._heard = True
        self._asking: asyncio.Task[None] | None = None
        self._beat: Countdown | None = None

    def begin(self) -> None:
        """A connection is there."""
        self.end()
        self._wait()

    def sign(self) -> None:
        """Something has come."""
        self._heard = True

    def end(self) -> None:
        """It is there no more."""
        self._heard, self._asking = True, None
        if self._beat:
            self._beat.cancel()

    def _wait(self) -> None:
        self._beat = Countdown(BEAT_SECONDS, self._look)

    def _look(self) -> None:
        if self._heard:
            self._heard, self._asking = False, None
        elif self._asking is None:
            self._asking = asyncio.create_task(self._ping(), name="ask for a sign of life")
        else:
            self._gone()
            return
        self._wait()
