"""Our worker without what operators are told, or without its guards: what `bench.overhead` measures it beside.

No setting leaves either out, so this does, before the worker starts. Without what operators are told no usage and no
turns are written down, nothing is counted for Prometheus, no spans are made, the worker has no row of its own; at the
end of a call no rule is tried, and there is no digest and no index of words. What is left is the ledger that a call is
taken up from: who answered, what was said, tools, handoffs, and what the call knows.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from switchboard.call.conscience import Conscience
from switchboard.call.meter import Meter
from switchboard.call.overheard import Overheard
from switchboard.call.repeats import Repeats
from switchboard.call.turns import Turns
from switchboard.call.unheard import UnheardResults
from switchboard.call.unsaid import Unsaid
from switchboard.ladder.company import Company
from switchboard.ledger.ledger import Ledger
from switchboard.ledger.workers import Beat
from switchboard.realtime.hearing import Hearing
from switchboard.realtime.renewal import Renewal
from switchboard.realtime.watchdog import Watchdog
from switchboard.telemetry.call_trace import CallTrace
from switchboard.telemetry.calls import CallMetrics

Parts = Mapping[Any, tuple[str, ...]]

FOR_OPERATORS: Parts = {
    Meter: ("watch", "spoke", "heard"),
    Turns: ("watch", "follow", "note", "hears", "falls_silent", "settle"),
    CallMetrics: ("note",),
    CallTrace: ("note",),
    Ledger: ("_sum_up",),
    Beat: ("_write",),
}
GUARDS: Parts = {
    Company: ("keep",),
    Hearing: ("sent", "received"),
    Watchdog: ("asked", "received"),
    Renewal: ("look",),
    Conscience: ("note", "settle", "_created", "_user_state", "_executed"),
    Repeats: ("_said", "_user_state"),
    UnheardResults: ("_created", "_executed", "_said", "_user_state"),
    Overheard: ("_created", "_user_state"),
    Unsaid: ("_created",),
}
"""What sees to it that nobody waits without a word, that nothing is lost and nothing claimed that was not done."""
INDEXING = ("calls_over", "call_events_inserted", "call_events_updated", "call_events_deleted")
"""The triggers that keep SQLite's index of words."""


def leave_out(parts: Parts) -> None:
    """From now on this process does none of it."""
    for owner, names in parts.items():
        for name in names:
            later = iscoroutinefunction(getattr(owner, name))
            setattr(owner, name, _nothing_later if later else _nothing)


def leave_out_index(file: Path) -> None:
    """The same for a database, once its worker has made it."""
    with closing(sqlite3.connect(file)) as database:
        for name in INDEXING:
            database.execute(f"DROP TRIGGER {name}")


def _nothing(*_: object) -> None:
    pass


async def _nothing_later(*_: object) -> None:
    pass
