"""What goes wrong, as data: each strikes before and after every event that the service sends in a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.fault_kinds import Value
from simulator.faults import Fault, When

Where = Literal["both", "instead"]


@dataclass(frozen=True)
class Harm:
    """One row: a fault of the simulator's, at each event, `tries` of which are drawn for each moment."""

    name: str
    where: Where = "both"
    tries: int = 4
    settings: Mapping[str, Value] = field(default_factory=dict)

    def at_each(self, events: int) -> Sequence[Fault]:
        """Every way in which it can strike the first session that has so many events."""
        times: Sequence[When | None] = ("before", "after") if self.where == "both" else (None,)
        return [
            Fault(self.name, at="*", nth=nth, when=when, session=1, settings=self.settings)
            for nth in range(1, events + 1)
            for when in times
        ]


HARMS = (
    Harm("drop", tries=12),
    Harm("close"),
    Harm("stall", settings={"seconds": 0.5}, tries=2),
    Harm("malformed", tries=2),
    Harm("expire", tries=3),
    Harm("duplicate", "instead", tries=3),
)
