"""What goes wrong on purpose: which fault, when, how often, and in whose session.

    faults = simulator.faults
    faults.add("rate_limit")                                  # the next answer fails
    faults.add("drop", at="response.output_item.done", when="before", nth=2)
    faults.add("half_open", at="*", nth=7, session=1)         # after the seventh event of the first session
    faults.add("refuse", at="conversation.item.create")       # the client's next item is refused, without effect
    faults.add("stall", after=20.0, seconds=3.0, count=None)  # every session, when it is 20 s old
    faults.add("duplicate", at="*.delta", probability=0.01, count=None)

`simulator.fault_kinds.KNOWN` has the faults. What says when one strikes:

- `at`: the moment. "connect" (a handshake of a realtime client), or an event of the server or of the client by its
  type, in the words of either dialect; `*` and `?` stand for anything, and "*" is every event of the server. Faults
  with a place of their own (an answer, a context of Cartesia's) have no `at`.
- `when`: "before" or "after" (the default) the event: a socket that is cut before an event never sends it, or never
  reads it when it is the client's; one that is cut after it has sent it, and what a client's led to at once.
- `nth`: only the n-th such moment of each session, counted from when the fault was armed. None: every one.
- `after`: not before a session is so many seconds old (or the fault, if that is younger). With neither `at` nor a place
  of its own the fault strikes just then.
- `session`: only in this one: its id, or its number in the order in which they were opened, from 1. None: in any.
- `probability`: the chance at each such moment, from dice with the simulator's seed, of each session its own.
- `skip`, then `count`: how many such moments go well first, and how many do not, over all sessions; None: all.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from simulator.event_names import CLIENT_EVENTS, SERVER_EVENTS
from simulator.fault_kinds import CONNECT, FORMER, KNOWN, Kind, Place, Value

When: TypeAlias = Literal["before", "after"]
Order: TypeAlias = Literal["before", "instead", "after"]


class UnknownFault(ValueError):  # noqa: N818 - it names what the caller asked for
    """A fault, a setting or a moment that does not exist; the text lists those that do."""


@dataclass(eq=False)
class Fault:
    """One armed fault, see above."""

    name: str
    count: int | None = 1
    probability: float = 1.0
    skip: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)
    at: str | None = None
    when: When | None = None
    nth: int | None = None
    after: float | None = None
    session: int | str | None = None

    def __post_init__(self) -> None:
        self.name = FORMER.get(self.name, self.name)
        if self.name not in KNOWN:
            raise UnknownFault(f"unknown fault {self.name!r}; known: {', '.join(sorted(KNOWN))}")
        self._check_settings()
        self._check_numbers()
        self._check_moment()
        if self.at is None and not self.by_time:
            self.at = self.kind.at
        self._places = _places(self.at) if self.at else frozenset()
        self._seen: dict[str | None, int] = {}
        self._armed = time.monotonic()

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KNOWN[self.name]

    @property
    def by_time(self) -> bool:
        """It strikes by itself, when the session is old enough."""
        return self.at is None and self.after is not None and self.kind.at is not None

    def text(self, key: str) -> str:
        """A setting, as text."""
        return str(self._value(key))

    def number(self, key: str) -> float:
        """A setting, as a number."""
        return float(self._value(key) or 0)

    def maybe(self, key: str) -> float | None:
        """A setting that may be left out."""
        value = self._value(key)
        return None if value is None else float(value)

    @property
    def order(self) -> Order:
        """How it stands to its event."""
        return "instead" if self.kind.instead else self.when or "after"

    def matches(self, place: Place, names: Collection[str]) -> bool:
        """Its moment is in this place and has one of these names."""
        return place in self._places and any(fnmatchcase(name, self.at or "") for name in names)

    def concerns(self, session_id: str | None, number: int) -> bool:
        """It may strike this session."""
        return self.session in (None, session_id, number)

    def occurs(self, session_id: str | None, number: int, begun: float) -> bool:
        """Count one more of its moments, in this session: is it the one?"""
        if not self.concerns(session_id, number):
            return False
        if time.monotonic() < max(begun, self._armed) + (self.after or 0):
            return False
        self._seen[session_id] = self._seen.get(session_id, 0) + 1
        return self.nth in (None, self._seen[session_id])

    def forget(self, session_id: str) -> None:
        """The session is over."""
        self._seen.pop(session_id, None)

    def _value(self, key: str) -> Value:
        return self.settings.get(key, self.kind.settings[key])

    def _check_settings(self) -> None:
        for key, value in self.settings.items():
            if key not in self.kind.settings:
                known = ", ".join(self.kind.settings) or "none"
                raise UnknownFault(f"fault {self.name!r} has no setting {key!r}; it has: {known}")
            default = self.kind.settings[key]
            expected = str if isinstance(default, str) else int | float
            if (value is not None or default is not None) and (
                not isinstance(value, expected) or isinstance(value, bool)
            ):
                kind = "text" if expected is str else "a number"
                raise UnknownFault(f"fault {self.name!r}: {key} has to be {kind}, not {value!r}")

    def _check_numbers(self) -> None:
        whole = {"count": self.count, "nth": self.nth}
        for key, number in whole.items():
            if number is not None and number < 1:
                raise UnknownFault(f"fault {self.name!r}: {key} has to be at least 1, not {number}")
        if self.skip < 0 or (self.after or 0) < 0:
            raise UnknownFault(f"fault {self.name!r}: skip and after cannot be negative")
        if not 0 <= self.probability <= 1:
            raise UnknownFault(f"fault {self.name!r}: probability is from 0 to 1, not {self.probability}")

    def _check_moment(self) -> None:
        if self.at is None:
            self._check_no_moment()
        elif self.kind.at is None:
            raise UnknownFault(f"fault {self.name!r} has a place of its own: {self.kind.says} It has no `at`")
        elif not (places := _places(self.at)):
            raise UnknownFault(f"no event is called {self.at!r}")
        elif not places & self.kind.places:
            allowed = ", ".join(sorted(self.kind.places - {"time"}))
            raise UnknownFault(f"fault {self.name!r} cannot strike at {self.at!r}, only at: {allowed}")
        if self.when not in (None, "before", "after"):
            raise UnknownFault(f"fault {self.name!r}: when is 'before' or 'after', not {self.when!r}")
        if self.when and (self.kind.instead or self.kind.at is None or self.by_time or self.at == CONNECT):
            raise UnknownFault(f"fault {self.name!r} has no `when` here")

    def _check_no_moment(self) -> None:
        if self.by_time and "time" not in self.kind.places:
            raise UnknownFault(f"fault {self.name!r} does not strike by itself: say `at`")
        if self.by_time and self.nth is not None:
            raise UnknownFault(f"fault {self.name!r}: `nth` counts moments: say `at`")


class Faults:
    """The armed faults of one simulator."""

    def __init__(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self._armed = [replace(fault) for fault in faults]
        self._seed = seed
        self._dice: dict[int, random.Random] = {}
        self._sessions: dict[str, tuple[int, float]] = {}
        self._opened = 0
        self._listeners: list[Callable[[Fault], None]] = []

    @property
    def armed(self) -> tuple[Fault, ...]:
        """Those that have not struck for the last time, in the order of arming."""
        return tuple(self._armed)

    def add(
        self,
        name: str,
        *,
        count: int | None = 1,
        probability: float = 1.0,
        skip: int = 0,
        at: str | None = None,
        when: When | None = None,
        nth: int | None = None,
        after: float | None = None,
        session: int | str | None = None,
        **settings: Value,
    ) -> None:
        """Arm a fault, see above. Raises UnknownFault, a ValueError, for what does not exist or cannot be."""
        self.arm(Fault(name, count, probability, skip, settings, at, when, nth, after, session))

    def arm(self, fault: Fault) -> None:
        """Arm `fault`."""
        self._armed.append(fault)
        for listener in list(self._listeners):
            listener(fault)

    def clear(self, name: str | None = None) -> None:
        """Disarm `name`, or everything."""
        name = FORMER.get(name, name) if name else None
        self._armed = [fault for fault in self._armed if name is not None and fault.name != name]

    def reseed(self, seed: int) -> None:
        """Throw the dice anew."""
        self._seed = seed
        self._dice.clear()

    def session_opened(self, session_id: str) -> int:
        """Note a session; returns its number, from 1."""
        self._opened += 1
        self._sessions[session_id] = (self._opened, time.monotonic())
        return self._opened

    def session_closed(self, session_id: str) -> None:
        """Forget a session."""
        number, _ = self._place(session_id)
        self._sessions.pop(session_id, None)
        self._dice.pop(number, None)
        for fault in self._armed:
            fault.forget(session_id)

    def take(self, name: str, session_id: str | None = None) -> Fault | None:
        """The fault to suffer now at its own place, counted down; None when all goes well."""
        place = self._place(session_id)
        occurring = [fault for fault in self._armed if fault.name == name and fault.occurs(session_id, *place)]
        return next((fault for fault in occurring if self._draw(fault, place[0])), None)

    def strikes(self, place: Place, names: Collection[str], session_id: str | None = None) -> list[Fault]:
        """The faults to suffer at the moment with these names, counted down."""
        number, begun = self._place(session_id)
        matching = [fault for fault in self._armed if fault.matches(place, names)]
        occurring = [fault for fault in matching if fault.occurs(session_id, number, begun)]
        return [fault for fault in occurring if self._draw(fault, number)]

    def due(self, fault: Fault, session_id: str) -> bool:
        """Whether `fault`, whose time has come, strikes this session; counted down."""
        number, _ = self._place(session_id)
        return fault in self._armed and fault.concerns(session_id, number) and self._draw(fault, number)

    def listen(self, listener: Callable[[Fault], None]) -> Callable[[], None]:
        """Call `listener` whenever a fault is armed. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _place(self, session_id: str | None) -> tuple[int, float]:
        """A session's number and its begin. A handshake has the number that its session will have."""
        if session_id is None:
            return self._opened + 1, 0.0
        return self._sessions.get(session_id, (0, 0.0))

    def _draw(self, fault: Fault, number: int) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.probability < 1.0 and self._thrown(number) >= fault.probability:
            return False
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._armed = [other for other in self._armed if other is not fault]
        return True

    def _thrown(self, number: int) -> float:
        return self._dice.setdefault(number, random.Random(f"{self._seed}/{number}")).random()


def _places(at: str) -> frozenset[Place]:
    """Where the moments called `at` are; nothing if there are none. "*" is every event of the server."""
    if at == CONNECT:
        return frozenset(("connect",))
    if any(fnmatchcase(event, at) for event in SERVER_EVENTS):
        return frozenset(("server",))
    return frozenset(("client",)) if any(fnmatchcase(event, at) for event in CLIENT_EVENTS) else frozenset()
