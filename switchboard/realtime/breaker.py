"""Circuit breakers: a service that is known to be down is not waited for again, by any call of the process."""

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

FAILURES = 3
"""In a row, until it counts as down."""
DOWN_SECONDS = 30.0
"""Then it is tried again, by whoever needs it."""


Told = Callable[[str, bool], None]
"""Hears the name of a service, and whether it is down."""


class Breaker:
    """Of one service; `told` hears when it is first known how it does, and when that changes."""

    def __init__(self, name: str, told: Told = lambda _name, _down: None) -> None:
        self.name = name
        self._told = told
        self._known: bool | None = None
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
            self._tell(down=True)

    def trip(self) -> None:
        """It says itself that it will not work for a while."""
        self._failures = max(self._failures, FAILURES - 1)
        self.failed()

    def served(self) -> None:
        """It works."""
        if self._failures >= FAILURES:
            log.info("a service is back", service=self.name)
        self._failures = 0
        self._tell(down=False)

    def _tell(self, *, down: bool) -> None:
        if self._known is not down:
            self._known = down
            self._told(self.name, down)


class Breakers:
    """Those of one process, by the services' names; `told` hears of all of them."""

    def __init__(self, told: Told = lambda _name, _down: None) -> None:
        self._told = told
        self._breakers: dict[str, Breaker] = {}

    def of(self, name: str) -> Breaker:
        """The one of that service."""
        return self._breakers.setdefault(name, Breaker(name, self._told))
