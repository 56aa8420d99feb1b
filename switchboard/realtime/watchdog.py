"""Notices a service that owes an answer and has fallen silent: its connection is up, and nothing comes."""

from collections.abc import Callable
from typing import Any

from switchboard.realtime.countdown import Countdown

FIRST_SECONDS = 7.0
"""From what asks for an answer to its first piece; a model that thinks first takes some seconds.

LiveKit gives a reply up after ten: until then another connection has to have begun it.
"""
NEXT_SECONDS = 5.0
"""From one piece to the next."""
ENDS = ("response.done", "error")


class Watchdog:
    """Follows the answers of one session. `silent` is called once for each answer that does not come, or stops."""

    def __init__(self, silent: Callable[[], None]) -> None:
        self._silent = silent
        self._waiting: Countdown | None = None

    @property
    def owed(self) -> bool:
        """Whether an answer is to come, or to go on."""
        return self._waiting is not None

    def asked(self) -> None:
        """An answer is owed."""
        self._expect(FIRST_SECONDS)

    def received(self, event: dict[str, Any]) -> None:
        """An event of the service's."""
        kind = str(event.get("type"))
        if kind in ENDS:
            self.rest()
        elif kind == "response.created":
            self._expect(FIRST_SECONDS)
        elif kind.startswith("response.") and kind.endswith(".delta"):
            self._expect(NEXT_SECONDS)

    def rest(self) -> None:
        """Nothing is owed any more."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _expect(self, seconds: float) -> None:
        self.rest()
        self._waiting = Countdown(seconds, self._waited)

    def _waited(self) -> None:
        self._waiting = None
        self._silent()
