"""What can go wrong on purpose: by name, for the next n, or by probability."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = int | float | str | None

KNOWN: Mapping[str, Mapping[str, Value]] = {
    # The realtime socket
    "refuse_connect": {"status": 503, "code": "ServiceUnavailable", "message": "The service is not available."},
    "unauthorized": {},
    "drop_at_response": {},
    "drop_mid_response": {"after_ms": None, "after_chars": None},
    "drop_idle": {"after": 0.0},
    "expire": {"after": 0.0},
    "stall": {"seconds": 5.0},
    "malformed_event": {"frame": '{"type":"response.output_item.added"}'},
    "rate_limit": {"message": "Rate limit is exceeded. Please try again in 3 seconds."},
    "failed_response": {"code": "server_error", "message": "The server had an error while processing your request."},
    "content_filter": {"after_ms": None, "after_chars": None},
    "slow_audio": {"pace": 0.5, "first_audio": 0.0},
    "transcription_failed": {"code": "server_error", "message": "Transcription failed."},
    # Cartesia
    "cartesia_refuse": {"status": 503},
    "cartesia_error": {"status": 500, "code": "server_error", "message": "Internal server error"},
    "cartesia_drop": {"after_ms": 200},
    # Azure speech
    "speech_refuse": {"status": 503},
    "speech_drop": {"after_ms": 200},
}
"""Each fault with its settings and their defaults. `after_ms` counts audio, `after_chars` text."""


class UnknownFault(ValueError):  # noqa: N818 - it names what the caller asked for
    """A fault, or a setting of one, that does not exist; the text lists those that do."""


@dataclass
class Fault:
    """One armed fault. `count` None means every time; `skip` lets the first ones pass."""

    name: str
    count: int | None = 1
    probability: float = 1.0
    skip: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name not in KNOWN:
            raise UnknownFault(f"unknown fault {self.name!r}; known: {', '.join(sorted(KNOWN))}")
        for key in self.settings:
            if key not in KNOWN[self.name]:
                known = ", ".join(KNOWN[self.name]) or "none"
                raise UnknownFault(f"fault {self.name!r} has no setting {key!r}; it has: {known}")

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

    def _value(self, key: str) -> Value:
        return self.settings.get(key, KNOWN[self.name][key])


class Faults:
    """The armed faults of one simulator."""

    def __init__(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self._armed = [Fault(f.name, f.count, f.probability, f.skip, f.settings) for f in faults]
        self._dice = random.Random(seed)
        self._listeners: list[Callable[[], None]] = []

    def add(
        self, name: str, *, count: int | None = 1, probability: float = 1.0, skip: int = 0, **settings: Value
    ) -> None:
        """Arm `name` for the next `count` times (None: always), after `skip` times without it.

        Raises UnknownFault, a ValueError, for a name or a setting that does not exist.
        """
        self._armed.append(Fault(name, count, probability, skip, settings))
        for listener in list(self._listeners):
            listener()

    def clear(self, name: str | None = None) -> None:
        """Disarm `name`, or everything."""
        self._armed = [fault for fault in self._armed if name is not None and fault.name != name]

    def take(self, name: str) -> Fault | None:
        """The fault to suffer now, counted down; None when all goes well."""
        for fault in self._armed:
            if fault.name == name:
                return self._draw(fault)
        return None

    def _draw(self, fault: Fault) -> Fault | None:
        if fault.skip > 0:
            fault.skip -= 1
            return None
        if fault.probability < 1.0 and self._dice.random() >= fault.probability:
            return None
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._armed.remove(fault)
        return fault

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a fault is armed. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
