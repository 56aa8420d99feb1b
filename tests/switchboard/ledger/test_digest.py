"""What a call came to, in rows of its own, written with its end."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.digest import Digest, Digesting, digest, percentile
from switchboard.ledger.events import (
    Answered,
    CallerSpoke,
    CallTransferred,
    Ended,
    Event,
    HandoffDone,
    PersonStage,
    PersonStep,
    SaidNotDone,
    TransferOutcome,
    Turn,
    Used,
)
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import RULES
from switchboard.ledger.tables import CallAgentRow, CallRow, DigestRow, FindingRow
from switchboard.ledger.timeline import forget, timeline

PRICES = Prices.read()
DIGESTING = partial(digest, prices=PRICES, rules=tuple(RULES.values()))
ANSWERED = Answered(line="line", agent="greeter", provider="azure", caller="*******11")
ENDED = Ended(reason="goodbye")


def handoff(source: str, target: str) -> HandoffDone:
    return HandoffDone(source=source, target=target, arrived_ms=1, spoke_ms=300, silence_ms=300, socket_kept=True)


def turn(first_sound_ms: float | None, silence_ms: float | None = 900) -> Turn:
    return Turn(agent="support", ended_at=0.0, first_sound_ms=first_sound_ms, silence_ms=silence_ms)


def used(model: str = "gpt-realtime-1.5", **units: float) -> Used:
    return Used(agent="greeter", work="answer", model=model, units=units)


CALL: list[Event] = [
    ANSWERED,
    used(text_in=250_000),
    handoff("greeter", "support"),
    turn(400),
    turn(900),
    turn(None),
    turn(2600, silence_ms=2600),
    SaidNotDone(agent="support", tools=("cancel_order",), text="It is cancelled.", corrected=False),
    handoff("support", "greeter"),
    PersonStep(agent="greeter", target="shop desk", stage="joined", phone=1),
]


async def held(
    database: Database, events: Sequence[Event], digesting: Digesting | None = DIGESTING, call_id: str = "call_1"
) -> None:
    async with Ledger(database, call_id, "line", digesting=digesting) as ledger:
        for event in events:
            ledger.write(event)


async def rows(database: Database, kind: Any) -> list[Any]:
    async with database.read() as session:
        return list(await session.scalars(select(kind)))


async def test_the_end_of_a_call_brings_its_digest_its_agents_and_what_was_found(database: Database) -> None:
    await held(database, [*CALL, ENDED])

    (row,) = await rows(database, DigestRow)
    events = await timeline(database, "call_1")
    assert (row.call_id, row.agent, row.caller) == ("call_1", "greeter", "*******11")
    assert row.seconds == events[-1].at - events[0].at > 0
    assert (row.cost, row.currency) == (Decimal("1.000000"), "USD")
    assert (row.first_sound_p50_ms, row.first_sound_p95_ms, row.turns) == (900, 2600, 4)
    assert row.to_person
    assert {agent.agent for agent in await rows(database, CallAgentRow)} == {"support", "greeter"}
    found = sorted(await rows(database, FindingRow), key=lambda each: each.number)
    assert [(each.number, each.rule) for each in found] == [(1, "dead_air"), (2, "said_not_done")]
    assert "cancelled" not in found[1].sentence


async def test_the_end_is_stored_in_sqlite_while_the_event_loop_is_busy(database_url: str) -> None:
    """Nobody else can write until it is."""
    begun, stored = threading.Event(), threading.Event()

    def digesting(events: Sequence[Event]) -> Digest:
        begun.set()
        return DIGESTING(events)

    async with (
        aclosing(Database(database_url)) as database,
        Ledger(database, "call_1", "line", digesting=digesting) as ledger,
    ):
        ledger.write(ANSWERED)
        await ledger.saved()
        event.listen(Session, "after_commit", lambda _session: stored.set(), once=True)
        ledger.write(ENDED)
        await asyncio.to_thread(begun.wait, 10)
        assert stored.wait(10), "it waits for a turn of the event loop, which is busy here"


async def test_a_call_that_runs_has_no_digest(database: Database) -> None:
    async with Ledger(database, "call_1", "line", digesting=DIGESTING) as ledger:
        ledger.write(ANSWERED)
        await ledger.saved()

        assert await rows(database, DigestRow) == []


async def test_it_is_forgotten_with_its_call(database: Database) -> None:
    await held(database, [*CALL, ENDED])
    await forget(database, datetime.now(UTC))

    for kind in (DigestRow, CallAgentRow, FindingRow):
        assert await rows(database, kind) == []


async def test_what_was_a_secret_is_in_no_digest(database: Database) -> None:
    seen: list[Event] = []

    def digesting(events: Sequence[Event]) -> Digest:
        seen.extend(events)
        return DIGESTING(events)

    async with Ledger(database, "call_1", "line", digesting=digesting) as ledger:
        ledger.write(ANSWERED)
        ledger.write(CallerSpoke(text="My code is 481516."))
        await ledger.saved()
        ledger.mask.hide("481516")
        ledger.write(ENDED)

    assert [event.text for event in seen if isinstance(event, CallerSpoke)] == ["My code is ***."]


async def test_a_digest_that_cannot_be_made_costs_nothing_but_itself(database: Database) -> None:
    def digesting(events: Sequence[Event]) -> Digest:
        raise ValueError("my secret")

    with capture_logs() as told:
        await held(database, [*CALL, ENDED], digesting)

    assert told == [{"event": "a call has no digest", "log_level": "error", "call": "call_1", "error": "ValueError"}]
    assert len(await timeline(database, "call_1")) == len(CALL) + 1
    assert [call.ended_reason for call in await rows(database, CallRow)] == ["goodbye"]


async def test_a_digest_that_cannot_be_stored_costs_nothing_but_itself(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("DROP TABLE call_findings"))

    with capture_logs() as told:
        await held(database, [*CALL, ENDED])

    assert [line["event"] for line in told] == ["a call has no digest"]
    assert await rows(database, DigestRow) == []
    assert len(await timeline(database, "call_1")) == len(CALL) + 1
    assert [call.ended_reason for call in await rows(database, CallRow)] == ["goodbye"]


def of(*events: Event) -> Digest:
    return DIGESTING(events)


@pytest.mark.parametrize(
    "events",
    [[used("another", text_in=5)], [used(text_in=5), used("another", text_in=5)], []],
    ids=["unknown", "in part unknown", "nothing used"],
)
def test_a_cost_that_is_not_wholly_known_is_none(events: list[Event]) -> None:
    assert (of(*events).cost, of(*events).currency) == (None, None)


@pytest.mark.parametrize(
    ("stage", "joined"), [("joined", True), ("called", False), ("unreached", False), ("given_up", False)]
)
def test_only_who_was_joined_to_a_person_has_got_to_one(stage: PersonStage, joined: bool) -> None:
    assert of(PersonStep(agent="a", target="desk", stage=stage)).to_person is joined


@pytest.mark.parametrize(("outcome", "sent"), [("done", True), ("busy", False), ("failed", False)])
def test_only_who_was_sent_to_another_phone_has_got_to_one(outcome: TransferOutcome, sent: bool) -> None:
    assert of(CallTransferred(agent="a", target="warehouse", outcome=outcome, ms=5)).to_person is sent


def test_a_call_that_nobody_answered_has_no_agent() -> None:
    nothing = of(Ended(reason="nobody_came"))
    assert (nothing.agent, nothing.agents, nothing.caller, nothing.first_sound_p50_ms) == ("", (), None, None)
    assert of().seconds == 0


def test_a_percentile_is_a_value_that_there_was() -> None:
    values = [float(value) for value in range(1, 21)]
    assert (percentile(values, 50), percentile(values, 95), percentile(values[:1], 50)) == (10, 19, 1)
    assert percentile([], 50) is None


async def test_a_sum_keeps_its_millionths_on_every_database(database: Database) -> None:
    for call_id, cost in (("a", Decimal("0.1")), ("b", Decimal("12345678.200001")), ("c", None)):
        await held(database, [ANSWERED], None, call_id)
        async with database.write() as session:
            session.add(DigestRow(call_id=call_id, agent="greeter", seconds=1.0, cost=cost, turns=0, to_person=False))

    async with database.read() as session:
        costs = (await session.scalars(select(DigestRow.cost).order_by(DigestRow.call_id))).all()
        dear = (await session.scalars(select(DigestRow.call_id).where(DigestRow.cost > Decimal("0.1")))).all()
        total = await session.scalar(select(func.sum(DigestRow.cost)))
    assert costs == [Decimal("0.100000"), Decimal("12345678.200001"), None]
    assert dear == ["b"]
    assert total == Decimal("12345678.300001")
