"""What a call has come to so far, from its events: while it runs, and if nobody wrote its digest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.ledger.events import Answered, CallTransferred, Event, HandoffDone, PersonStep, Turn
from switchboard.ledger.tables import EventRow
from switchboard.ledger.timeline import event_of

TELLING = ("answered", "handoff_done", "turn", "call_transferred", "person")


@dataclass(frozen=True)
class SoFar:
    """Nothing is known of a call that nobody has answered."""

    agent: str | None = None
    agents: tuple[str, ...] = ()
    caller: str | None = None
    first_sound_p50_ms: float | None = None
    to_person: bool = False


async def so_far(session: AsyncSession, ids: Sequence[str]) -> dict[str, SoFar]:
    """That of each of these calls which has said anything of it."""
    if not ids:
        return {}
    telling = select(EventRow).where(EventRow.call_id.in_(ids), EventRow.kind.in_(TELLING))
    events: dict[str, list[Event]] = {}
    for row in await session.scalars(telling.order_by(EventRow.call_id, EventRow.seq)):
        events.setdefault(row.call_id, []).append(event_of(row))
    return {call: of_events(each) for call, each in events.items()}


def of_events(events: Iterable[Event]) -> SoFar:
    """The same from the events themselves."""
    agents: list[str] = []
    caller: str | None = None
    sounds: list[float] = []
    to_person = False
    for event in events:
        match event:
            case Answered():
                agents.append(event.agent)
                caller = event.caller
            case HandoffDone():
                agents.append(event.target)
            case Turn(first_sound_ms=float(sound)):
                sounds.append(sound)
            case CallTransferred(outcome="done") | PersonStep(stage="joined"):
                to_person = True
            case _:
                pass
    typical = median(sounds) if sounds else None
    return SoFar(agents[-1] if agents else None, tuple(dict.fromkeys(agents)), caller, typical, to_person)
