"""When a sound that arrives piece by piece was heard: pieces may come late, but none comes before its time."""

WINDOW_SECONDS = 1.0
DRIFT_SECONDS = 0.015
"""So far the times may be off before they are put right."""
GAP_SECONDS = 0.3
"""Who is so late has said nothing meanwhile: no worker is held up so long."""


class Pace:
    """The times of the pieces of one sound. Each follows the one before, until the clock says that it cannot."""

    def __init__(self) -> None:
        self._next: float | None = None
        self._least = GAP_SECONDS
        """The least that a piece of this window came late."""
        self._window = 0.0

    def place(self, arrived: float, seconds: float) -> float:
        """When the piece of so many seconds began, that has arrived just now."""
        began = arrived - seconds
        if self._next is None or began < self._next or began - self._next > GAP_SECONDS:
            self._next, self._least, self._window = began, GAP_SECONDS, arrived
        self._least = min(self._least, began - self._next)
        if arrived - self._window > WINDOW_SECONDS:
            if self._least > DRIFT_SECONDS:
                self._next += self._least
            self._least, self._window = GAP_SECONDS, arrived
        place, self._next = self._next, self._next + seconds
        return place
