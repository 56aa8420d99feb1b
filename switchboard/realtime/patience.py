"""How long a service that fails is asked again: as it says itself, within a budget of seconds."""

import re
import time

RETRY_SECONDS = (0.2, 0.5, 1.0)
"""Where it does not say: after the first failure, the second, and each further one."""
TOLD = re.compile(r"(?:try again|retry) (?:in|after) ([0-9]+(?:\.[0-9]+)?) ?(ms|millis|s|m)", re.IGNORECASE)
UNITS = {"ms": 0.001, "millis": 0.001, "s": 1.0, "m": 60.0}


class Patience:
    """With one service. `seconds` is the budget, from the first failure until it is `served` again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None
        self._failures = 0

    def served(self) -> None:
        """It does what it should."""
        self._since, self._failures = None, 0

    def failed(self, message: str = "") -> float | None:
        """In how many seconds it is to be asked again; None: no more."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        wait = told_seconds(message) or RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
        self._failures += 1
        return wait if now + wait <= self._since + self._seconds else None


def told_seconds(message: str) -> float | None:
    """What a service says of when it may be asked again: "Please try again in 20 seconds." None: nothing."""
    found = TOLD.search(message)
    if found is None:
        return None
    return float(found[1]) * UNITS[found[2].casefold()]
