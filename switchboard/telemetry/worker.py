"""The metrics of a worker, beside LiveKit's own: how full it is, and how its services do."""

from collections import Counter as Counted
from collections.abc import Iterable

from prometheus_client import Gauge

RUNNING = Gauge(
    "switchboard_calls_running",
    "Calls that go on, and those to which an agent is on the way.",
    ["line"],
    multiprocess_mode="livesum",
)
PLACES = Gauge(
    "switchboard_calls_limit", "Calls that the worker takes at a time.", ["executor"], multiprocess_mode="livesum"
)
DOWN = Gauge(
    "switchboard_service_down",
    "1: the service did not do what it should, several times in a row, when it was last asked; 0: it did.",
    ["service"],
    multiprocess_mode="mostrecent",
)


class Fullness:
    """Shows how many calls there are of `places`, for each of `lines`; a process of calls knows its own ones only."""

    def __init__(self, lines: Iterable[str], places: int, executor: str) -> None:
        self._lines = tuple(lines)
        self._places = places
        self._executor = executor

    def show(self, running: Iterable[str]) -> None:
        """The line of each call that goes on."""
        PLACES.labels(self._executor).set(self._places)
        calls = Counted(running)
        for line in self._lines:
            RUNNING.labels(line).set(calls[line])


def service_is(name: str, down: bool) -> None:
    """A service of calls works, or does not."""
    DOWN.labels(name).set(down)
