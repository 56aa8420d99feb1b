"""What a test asks afterwards: the frames and errors so far, and waiting for something to become true."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
MAX_FRAMES = 50_000
SHORT = 24


class Frame(NamedTuple):
    """One client event as it was received; audio is shortened."""

    time: float
    session_id: str
    event: Mapping[str, Any]


class Failure(NamedTuple):
    """One `error` object that was sent, whatever the reason."""

    time: float
    session_id: str
    error: Mapping[str, Any]


class Record:
    """Bounded: a simulator that runs for days keeps the last frames only."""

    def __init__(self) -> None:
        self.frames: deque[Frame] = deque(maxlen=MAX_FRAMES)
        self.errors: deque[Failure] = deque(maxlen=MAX_FRAMES)
        self._waiters: set[asyncio.Future[None]] = set()

    def frame(self, session_id: str, event: Mapping[str, Any]) -> None:
        """Note a client event."""
        self.frames.append(Frame(time.monotonic(), session_id, _shortened(event)))
        self.ring()

    def error(self, session_id: str, error: Mapping[str, Any]) -> None:
        """Note an error."""
        self.errors.append(Failure(time.monotonic(), session_id, error))
        self.ring()

    def ring(self) -> None:
        """Something changed: whoever waits looks again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait_for(self, predicate: Callable[[], T], within: float) -> T:
        """The first true value of `predicate`, asked again after each change. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not (value := predicate()):
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                await waiter
        return value


def _shortened(event: Mapping[str, Any]) -> Mapping[str, Any]:
    audio = event.get("audio")
    if isinstance(audio, str) and len(audio) > SHORT:
        return {**event, "audio": f"{audio[:SHORT]}… ({len(audio)} characters)"}
    return event
