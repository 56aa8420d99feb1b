"""Where two calls differ, by their ledgers: when something happened is no difference, nor are ids of services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from switchboard.ledger.events import Event, Used

PLACE = frozenset(("seq", "at", "wall"))
NAMES = frozenset(("typed",))
"""Given by pages, to what is typed on one."""
IDS = frozenset(("call_id", "resumes"))
"""One has to stand for the same thing throughout."""
TIMES = frozenset(("ms", "ended_at", "interrupted_at", "since"))
"""And all that end in `_ms`. Whether there is one tells no more than other events do: who was heard, or cut off."""
NOT_COMPARED = PLACE | TIMES | NAMES
SECONDS = "seconds"
"""A unit of what was used that is a time."""


@dataclass(frozen=True)
class Difference:
    """The first one. None: there is no event any more."""

    one: Event | None
    other: Event | None
    fields: tuple[str, ...]
    """What differs in two events of one kind."""

    def __str__(self) -> str:
        """Kinds and names of fields, and nothing that somebody said."""
        one, other = (f"{each.kind} ({each.seq})" if each else "nothing" for each in (self.one, self.other))
        return f"{one}, {other}" + (f": {', '.join(self.fields)}" if self.fields else "")


def difference(one: Sequence[Event], other: Sequence[Event]) -> Difference | None:
    """The first difference of two calls; None: all the same happened in them.

    What was used is told when a service tells it, before or after what it was used for: its order is its own.
    """
    return _first(_without(one, used=True), _without(other, used=True)) or _first(
        _without(one, used=False), _without(other, used=False)
    )


def _without(events: Sequence[Event], *, used: bool) -> list[Event]:
    return [event for event in events if isinstance(event, Used) is not used]


def _first(one: Sequence[Event], other: Sequence[Event]) -> Difference | None:
    names = _Names(), _Names()
    for left, right in zip_longest(one, other):
        if left is None or right is None or left.kind != right.kind:
            return Difference(left, right, ())
        known, found = (dict(_timeless(event, each)) for event, each in zip((left, right), names, strict=True))
        if fields := tuple(name for name in known if known[name] != found[name]):
            return Difference(left, right, fields)
    return None


class _Names:
    """Numbers for the ids of one call, in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._known.setdefault(name, len(self._known))


def _timeless(event: Event, names: _Names) -> Iterator[tuple[str, Any]]:
    """The fields of an event that count."""
    for name, value in event:
        if name in NOT_COMPARED or name.endswith("_ms"):
            continue
        if name == "units":
            yield name, {unit: many for unit, many in value.items() if unit != SECONDS}
        else:
            yield name, names.of(value) if value is not None and name in IDS else value
