"""Where every event of a realtime session passes, in and out: faults strike here, and nowhere else at events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from simulator.errors import ProtocolError
from simulator.fault_kinds import Place
from simulator.faults import Fault, Faults, Order


class Host(Protocol):
    """The connection that can be struck."""

    @property
    def gone(self) -> bool:
        """Nothing more is said or heard."""

    def send_raw(self, text: str) -> None:
        """Send a frame as it is."""

    def fail(self, error: ProtocolError, event_id: str | None) -> None:
        """Send an `error` event."""

    def stall(self, seconds: float) -> None:
        """Send nothing for a while."""

    def drop(self) -> None:
        """Cut the socket without a goodbye."""

    def close(self, code: int, reason: str) -> None:
        """Close the socket properly."""

    def go_dead(self) -> None:
        """Leave the socket open, and be deaf and dumb."""

    def expire(self) -> None:
        """End the session as at its maximum duration."""

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back, unless the client leaves before."""
        ...


class Gate:
    """The gate of one session."""

    def __init__(self, host: Host, faults: Faults, session_id: str) -> None:
        self._host = host
        self._faults = faults
        self._session_id = session_id
        self._held: list[str] = []
        self._striking = False

    def watch(self, faults: Iterable[Fault]) -> None:
        """Let those of `faults` that strike by themselves strike when they are due."""
        for fault in faults:
            if fault.by_time and fault.after is not None:
                self._host.later(fault.after, partial(self._come_due, fault))

    def send(self, event: Mapping[str, Any], names: Collection[str]) -> None:
        """Let an event of the server out, which is called `names` in the dialects, or what faults make of it."""
        struck = self._struck("server", names)
        self._strike(struck, "before")
        for frame in self._frames(event, [fault for fault in struck if fault.order == "instead"]):
            self._host.send_raw(frame)
        self._strike(struck, "after")

    def receive(self, name: str, handle: Callable[[], None]) -> None:
        """Let an event of the client have its effect. Raises ProtocolError when it is refused."""
        struck = self._struck("client", (name,))
        self._strike(struck, "before")
        for fault in struck:
            if fault.order == "instead":
                raise _refusal(fault)
        if not self._host.gone:
            handle()
        self._strike(struck, "after")

    def _struck(self, place: Place, names: Collection[str]) -> Sequence[Fault]:
        # What a fault sends itself goes out as it is: otherwise a fault at every event would never end.
        return () if self._striking else self._faults.strikes(place, names, self._session_id)

    def _come_due(self, fault: Fault) -> None:
        if self._faults.due(fault, self._session_id):
            self._suffer(fault)

    def _strike(self, struck: Sequence[Fault], order: Order) -> None:
        for fault in struck:
            if fault.order == order:
                self._suffer(fault)

    def _frames(self, event: Mapping[str, Any], struck: Sequence[Fault]) -> list[str]:
        names = {fault.name for fault in struck}
        for fault in struck:
            if fault.name == "refuse":
                self._suffer(fault)
        if names & {"refuse", "unconfirmed"}:
            return []
        frame = json.dumps(event)
        if "wrong_order" in names:
            self._held.append(frame)
            return []
        held, self._held = self._held, []
        return [*[frame] * (2 if "duplicate" in names else 1), *held]

    def _suffer(self, fault: Fault) -> None:
        self._striking = True
        try:
            self._suffering[fault.name](self, fault)
        finally:
            self._striking = False

    _suffering: Mapping[str, Callable[[Gate, Fault], None]] = {
        "drop": lambda self, _: self._host.drop(),
        "close": lambda self, fault: self._host.close(int(fault.number("code")), fault.text("reason")),
        "half_open": lambda self, _: self._host.go_dead(),
        "stall": lambda self, fault: self._host.stall(fault.number("seconds")),
        "malformed": lambda self, fault: self._host.send_raw(fault.text("frame")),
        "expire": lambda self, _: self._host.expire(),
        "refuse": lambda self, fault: self._host.fail(_refusal(fault), None),
    }


def _refusal(fault: Fault) -> ProtocolError:
    return ProtocolError(fault.text("code"), fault.text("message"), kind="server_error")
