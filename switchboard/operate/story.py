"""All of one call: what it came to, its events, what rules found, its bill, and whose sound there is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.bill import Bill, bill
from switchboard.ledger.digest import digest
from switchboard.ledger.events import EVENT, Event, LaneName, Recording
from switchboard.ledger.lost import lost_among
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import RULES, Finding, Rule
from switchboard.ledger.tables import CallRow, DigestRow, FindingRow
from switchboard.ledger.timeline import events_of
from switchboard.ledger.workers import time_at
from switchboard.operate.call_line import CallLine
from switchboard.operate.filter import LOST
from switchboard.operate.find import lines_of, undigested
from switchboard.operate.settled import is_settled
from switchboard.operate.sight import Sight
from switchboard.operate.telling import told
from switchboard.recording.recordings import StorageError

log = structlog.get_logger(__name__)

Watched = Mapping[str, Sequence[Rule]]
"""The rules of each line, by its name; a line that is not there (any more) has those of every line."""


class Sounds(Protocol):
    """Where recordings are kept."""

    async def lanes(self, call_id: str) -> Sequence[LaneName]:
        """Whose sound there is of that call. Raises `StorageError`."""


@dataclass(frozen=True)
class CallStory:
    """A call, over or not."""

    call: CallLine
    events: Sequence[Event]
    findings: Sequence[Finding]
    bill: Bill
    lanes: Sequence[LaneName]
    """Whose sound can be heard."""
    settled: bool
    """Nothing of it is to come any more."""
    prices: Prices
    """What work costs."""

    def seen(self, sight: Sight) -> "CallStory":
        """The same as somebody may see it."""
        events = [EVENT.validate_python(sight.event(event.model_dump(mode="json"))) for event in self.events]
        return replace(self, events=events)

    def json(self, sight: Sight) -> dict[str, Any]:
        """As `CallStory` of web/src/operate/types.ts."""
        return {
            "call": self.call.json(),
            "events": [told(event, sight, self.prices) for event in self.events],
            "findings": [asdict(finding) for finding in self.findings],
            "bill": self.bill.json(),
            "recording": {"lanes": list(self.lanes)} if self.lanes else None,
            "settled": self.settled,
        }


async def story(
    database: Database, call_id: str, prices: Prices, watched: Watched, sounds: Sounds | None = None
) -> CallStory | None:
    """That of the call of this id; None: there is no such call. Of one without a digest it is made of its events."""
    found = await database.look(_silent, call_id, prices, watched)
    if found is None or not (found.settled or found.call.outcome == LOST):
        return found
    return replace(found, lanes=await _lanes(sounds, call_id, found.events))


def _silent(session: Session, call_id: str, prices: Prices, watched: Watched) -> CallStory | None:
    """The story of a call without its sound."""
    row = session.get(CallRow, call_id)
    if row is None:
        return None
    events, now = events_of(session, call_id), time_at(session)
    written = session.get(DigestRow, call_id)
    if written:
        (line,) = lines_of(session, [(row, written)])
        found = _found(session, call_id)
    else:
        known = digest(events, prices, watched.get(row.line, tuple(RULES.values())))
        line = undigested(row, known, lost=call_id in lost_among(session, [call_id], now))
        found = list(known.findings)
    settled = is_settled(row.ended_at, events, now)
    return CallStory(line, events, found, bill(events, prices), (), settled, prices)


def _found(session: Session, call_id: str) -> list[Finding]:
    rows = select(FindingRow).where(FindingRow.call_id == call_id).order_by(FindingRow.number)
    return [Finding(row.rule, row.at, row.sentence) for row in session.scalars(rows)]


async def _lanes(sounds: Sounds | None, call_id: str, events: Iterable[Event]) -> Sequence[LaneName]:
    """Nothing where nothing was recorded, and while the storage does not answer."""
    if sounds is None or not any(isinstance(event, Recording) for event in events):
        return ()
    try:
        return await sounds.lanes(call_id)
    except StorageError as error:
        log.warning("the recordings cannot be listed", call=call_id, error=str(error))
        return ()
