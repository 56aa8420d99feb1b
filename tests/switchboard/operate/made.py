"""Calls that are made for a test: with a digest, as a call that is over has it, or bare."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from switchboard.database import Database
from switchboard.ledger.events import Answered, Event, HandoffDone
from switchboard.ledger.tables import CallAgentRow, CallRow, DigestRow, EventRow, FindingRow

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MASKED = "********12"


def handed(source: str, target: str) -> HandoffDone:
    return HandoffDone(source=source, target=target, arrived_ms=8.1, spoke_ms=None, silence_ms=None, socket_kept=True)


def answered(agent: str = "greeter", line: str = "support-line", caller: str | None = MASKED) -> Answered:
    return Answered(line=line, agent=agent, provider="simulator", caller=caller)


async def bare_call(
    database: Database,
    call_id: str,
    *events: Event,
    line: str = "support-line",
    minute: float = 0,
    seconds: float | None = None,
    reason: str = "goodbye",
    worker: str | None = None,
    began: datetime = BEGAN,
) -> None:
    """One without a digest, which began in that minute and was not heard of since; without `seconds` it has no end."""
    began += timedelta(minutes=minute)
    ended = None if seconds is None else began + timedelta(seconds=seconds)
    async with database.write() as session:
        row = CallRow(id=call_id, line=line, started_at=began, worker=worker)
        session.add(row)
        await session.flush()
        for seq, event in enumerate(events, start=1):
            body = event.model_dump(mode="json", exclude={"seq", "at", "wall", "kind"})
            session.add(EventRow(call_id=call_id, seq=seq, kind=event.kind, at=seq / 2, wall=began, body=body))
        await session.flush()
        row.ended_at, row.ended_reason = ended, None if ended is None else reason


async def call(
    database: Database,
    call_id: str,
    *events: Event,
    line: str = "support-line",
    minute: float = 0,
    seconds: float = 60,
    reason: str = "goodbye",
    agents: tuple[str, ...] = ("greeter",),
    cost: str | None = "0.05",
    rules: tuple[str, ...] = (),
    to_person: bool = False,
    first_sound: float | None = None,
) -> None:
    """One that is over, with all that is written at its end."""
    await bare_call(database, call_id, *events, line=line, minute=minute, seconds=seconds, reason=reason)
    async with database.write() as session:
        session.add(
            DigestRow(
                call_id=call_id,
                agent=agents[-1],
                caller=MASKED,
                seconds=seconds,
                cost=None if cost is None else Decimal(cost),
                currency=None if cost is None else "USD",
                first_sound_p50_ms=first_sound,
                first_sound_p95_ms=first_sound,
                turns=1,
                to_person=to_person,
            )
        )
        session.add_all(CallAgentRow(call_id=call_id, agent=agent) for agent in agents)
        session.add_all(
            FindingRow(call_id=call_id, number=number, rule=rule, at=number, sentence="It went wrong.")
            for number, rule in enumerate(rules, start=1)
        )
