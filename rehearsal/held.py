"""What came of a call on trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from switchboard.ledger.events import Event
from switchboard.operate.story import CallStory


@dataclass
class Held:
    """All that there is to judge."""

    events: Sequence[Event] = ()
    unsaid: Sequence[str] = ()
    """What the caller had in mind and could not say."""
    missing: Sequence[str] = ()
    """What tools were asked for and is not among the scenario's results."""
    hung: str = ""
    """What the caller waited for in vain; "" for nothing."""
    rows: Sequence[Sequence[Row[Any]]] = ()
    """Those of each `rows` of the scenario."""
    told: Mapping[str, str] = field(default_factory=dict)
    """The instructions of each agent that answered."""
    story: CallStory | None = None
    """As operators have it."""
    sound: float | None = None
    """So many seconds of sound the caller has heard; None: they had no ears."""
    private: frozenset[str] = frozenset()
    """What of the business nobody may hear who has not been verified, in lower case."""
