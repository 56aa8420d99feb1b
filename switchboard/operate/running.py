"""A running call as *Now* shows it: read once, and folded on from each new event."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Ended,
    Event,
    Failed,
    HandoffDone,
    PersonSpoke,
)
from switchboard.ledger.rules import Finding, Rule, findings
from switchboard.ledger.tables import CallRow
from switchboard.operate.doing import Doing, Doings
from switchboard.operate.sight import Sight

ERROR = "error"
"""The rule of an alarm that is none of the line's: a service has failed."""


class Running:
    """A call of the ledger, and all of its events so far. `rules` raise its alarms; `lost`: see `lost_among`."""

    def __init__(self, row: CallRow, rules: Sequence[Rule], *, lost: bool = False) -> None:
        self.id = row.id
        self.line = row.line
        self.worker = row.worker
        self.revision = row.revision
        self.started_at = row.started_at
        self.last_at = row.started_at
        """When anything was last heard of it."""
        self.lost = lost
        self.events: list[Event] = []
        self._rules = rules
        self._agent: str | None = None
        self._caller: str | None = None
        self._doings = Doings()
        self._last: tuple[str, str] | None = None
        self._ended: Ended | None = None
        self._alarms: list[Finding] = []

    @property
    def seq(self) -> int:
        """The place of its newest event."""
        return self.events[-1].seq if self.events else -1

    @property
    def ended_at(self) -> datetime | None:
        return self._ended.wall if self._ended else None

    def take(self, events: Iterable[Event]) -> None:
        """New events, in order."""
        for event in events:
            self.events.append(event)
            self.last_at = event.wall or self.last_at
            self._doings.note(event)
            self._note(event)
        self._alarms = sorted([*findings(self.events, self._rules), *self._errors()], key=lambda found: found.at)

    def tile(self, sight: Sight) -> dict[str, Any]:
        """As `Tile` of web/src/operate/types.ts."""
        ended = self._ended
        return {
            "id": self.id,
            "line": self.line,
            "agent": self._agent,
            "caller": self._caller,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "outcome": ended.reason if ended else None,
            "doing": self._doing,
            "tool": self._doings.tool,
            "last": sight.event({"who": self._last[0], "text": self._last[1]}) if self._last else None,
            "alarms": [asdict(alarm) for alarm in self._alarms],
            "seq": max(self.seq, 0),
        }

    @property
    def _doing(self) -> Doing:
        return "lost" if self.lost else self._doings.now

    def _note(self, event: Event) -> None:
        match event:
            case Answered():
                self._agent, self._caller = event.agent, event.caller
            case HandoffDone():
                self._agent = event.target
            case CallerSpoke():
                self._last = ("caller", event.text)
            case AgentSpoke():
                self._last = ("agent", event.text)
            case PersonSpoke():
                self._last = ("person", event.text)
            case Ended():
                self._ended = event
            case _:
                pass

    def _errors(self) -> list[Finding]:
        failed = (event for event in self.events if isinstance(event, Failed))
        return [Finding(ERROR, event.at, f"{event.source} failed: {event.message}.") for event in failed]
