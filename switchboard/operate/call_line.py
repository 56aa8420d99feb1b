"""A call as it stands in a list, and a page of them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from switchboard.operate.cursor import Cursor


@dataclass(frozen=True)
class CallLine:
    """What a call came to, or has come to so far."""

    id: str
    line: str
    agent: str | None
    """Who has, or had, the caller; None: nobody has answered yet."""
    agents: tuple[str, ...]
    """All who had them."""
    caller: str | None
    """Their number, masked; None: it is not known, or they do not call by phone."""
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    """Why it ended, "lost" if it has no end and will get none; None while it runs."""
    seconds: float | None
    cost: Decimal | None
    """None: not wholly known, or the call still runs."""
    currency: str | None
    rules: tuple[str, ...]
    """Those that struck, in the order in which they did first."""
    first_sound_p50_ms: float | None
    to_person: bool

    def json(self) -> dict[str, Any]:
        """As `CallLine` of web/src/operate/types.ts."""
        return asdict(self) | {
            "agents": list(self.agents),
            "rules": list(self.rules),
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "cost": None if self.cost is None else f"{self.cost:f}",
        }


@dataclass(frozen=True)
class CallsPage:
    """Calls, the newest first, and where the next page begins; None: this is the last one."""

    calls: tuple[CallLine, ...]
    next: Cursor | None

    def json(self) -> dict[str, Any]:
        """As `CallsPage` of web/src/operate/types.ts."""
        return {"calls": [call.json() for call in self.calls], "next": str(self.next) if self.next else None}
