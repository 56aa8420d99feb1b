"""When a sound that arrives piece by piece was heard: a piece may come late, but none comes before its time."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from livekit import rtc

HELD_SECONDS = 1.0
"""So long those that follow may still tell that a piece was heard earlier than it seemed."""
DRIFT_SECONDS = 0.03
"""Pieces follow one another, until one is so much later than that, whatever followed it: something was lost."""


@dataclass
class Piece:
    arrived: float
    began: float
    """At the latest."""
    frame: rtc.AudioFrame


class Pace:
    """The times of the pieces of one sound.

    A worker that is held up gets many at once, when they are long over. Each began before the next one did, so the last
    of them, which came in time, tells of all.
    """

    def __init__(self) -> None:
        self._held: deque[Piece] = deque()
        self._next: float | None = None

    def add(self, arrived: float, frame: rtc.AudioFrame) -> Iterator[tuple[float, rtc.AudioFrame]]:
        """A piece has arrived just now; those whose time is certain, with it."""
        self._held.append(Piece(arrived, arrived - frame.duration, frame))
        self._know_better()
        while arrived - self._held[0].arrived > HELD_SECONDS:
            yield self._let_go()

    def rest(self) -> Iterator[tuple[float, rtc.AudioFrame]]:
        """No more will come: those that are left."""
        while self._held:
            yield self._let_go()

    def _know_better(self) -> None:
        latest = self._held[-1].began
        for piece in list(self._held)[-2::-1]:
            latest -= piece.frame.duration
            if piece.began <= latest:
                return
            piece.began = latest

    def _let_go(self) -> tuple[float, rtc.AudioFrame]:
        piece = self._held.popleft()
        if self._next is None or not 0 <= piece.began - self._next <= DRIFT_SECONDS:
            self._next = piece.began
        at, self._next = self._next, self._next + piece.frame.duration
        return at, piece.frame
