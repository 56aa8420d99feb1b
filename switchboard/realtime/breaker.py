"""Circuit breakers: a service that is known to be down is not waited for again, by any call of the process."""

import time

import structlog

log = structlog.get_logger(__name__)

FAILURES = 3
"""In a row, until it counts as down."""
DOWN_SECONDS = 30.0
"""Then it is tried again, by whoever needs it."""


class Breaker:
    """Of one service."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failures = 0
        self._last = 0.0

    @property
    def down(self) -> bool:
        """Whether it is known not to work."""
        return self._failures >= FAILURES and time.monotonic() < self._last + DOWN_SECONDS

    def failed(self) -> None:
        """It did not do what it should."""
        self._failures += 1
        self._last = time.monotonic()
        if self._failures == FAILURES:
            log.error("a service is down", service=self.name)

    def trip(self) -> None:
        """It says itself that it will not work for a while."""
        self._failures = max(self._failures, FAILURES - 1)
        self.failed()

    def served(self) -> None:
        """It works."""
        if self._failures >= FAILURES:
            log.info("a service is back", service=self.name)
        self._failures = 0


class Breakers:
    """Those of one process, by the services' names."""

    def __init__(self) -> None:
        self._breakers: dict[str, Breaker] = {}

    def of(self, name: str) -> Breaker:
        """The one of that service."""
        return self._breakers.setdefault(name, Breaker(name))
