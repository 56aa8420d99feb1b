"""A transcript that never runs ahead of its audio."""

from collections import deque
from collections.abc import Callable

START_PACE = 13.0  # characters a second of calm English speech; learned anew from every sentence that ends


class PacedTranscript:
    """Lets the words of a spoken answer through only as far as the audio received so far covers them.

    The service sends words well ahead of their sound. When the connection drops between the two, the history would
    claim words that nobody heard. Audio comes faster than it is played, so a caller's transcript is not delayed.
    """

    def __init__(self) -> None:
        self._pace = START_PACE
        self._begin()

    def words(self, text: str, forward: Callable[[], None]) -> None:
        """`text` has come: `forward` is called when its audio has come too."""
        self._waiting.append((text, forward))
        self._let_through()

    def audio(self, seconds: float) -> None:
        """That much more audio has come."""
        self._seconds += seconds
        self._let_through()

    def finish(self) -> None:
        """The answer is complete: all its words belong to the audio that came."""
        while self._waiting:
            self._forward()
        if self._seconds > 1.0:
            self._pace = self._characters / self._seconds
        self._begin()

    def cut(self) -> None:
        """The rest will never come: forget the words without audio."""
        self._begin()

    def _begin(self) -> None:
        self._waiting: deque[tuple[str, Callable[[], None]]] = deque()
        self._characters = 0
        self._seconds = 0.0

    def _let_through(self) -> None:
        while self._waiting and self._characters + len(self._waiting[0][0]) <= self._seconds * self._pace:
            self._forward()

    def _forward(self) -> None:
        text, forward = self._waiting.popleft()
        self._characters += len(text)
        forward()
