"""The newest calls, as an operator sees them."""

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered, CallerSpoke, Ended, HandoffDone
from switchboard.ledger.overview import CallSummary, recent_calls

MASKED = "+44 ... 12"


def handed_to(agent: str) -> HandoffDone:
    return HandoffDone(source="greeter", target=agent, arrived_ms=8.1, spoke_ms=None, silence_ms=None, socket_kept=True)


async def test_a_call_is_shown_with_the_agent_who_has_the_caller_now_and_how_it_ended(database: Database) -> None:
    async with Ledger(database, "by_phone", "line") as ledger:
        first = ledger.write(Answered(line="line", agent="greeter", provider="simulator", caller=MASKED))
        ledger.write(handed_to("support"))
        ledger.write(handed_to("escalation"))
        ledger.write(CallerSpoke(text="Goodbye."))
        last = ledger.write(Ended(reason="goodbye"))
    async with Ledger(database, "on_the_web", "other") as ledger:
        later = ledger.write(Answered(line="other", agent="desk", provider="simulator"))

    assert first.wall and later.wall
    assert await recent_calls(database, 2) == [
        CallSummary("on_the_web", "other", "desk", "", later.wall, None, None),
        CallSummary("by_phone", "line", "escalation", MASKED, first.wall, last.wall, "goodbye"),
    ]


async def test_a_call_that_nobody_has_answered_yet_is_shown_without_an_agent(database: Database) -> None:
    async with Ledger(database, "call_1", "line") as ledger:
        first = ledger.write(CallerSpoke(text="Hello?"))

    assert first.wall
    assert await recent_calls(database, 1) == [CallSummary("call_1", "line", "", "", first.wall, None, None)]


async def test_no_more_calls_are_shown_than_are_asked_for_and_those_are_the_newest(database: Database) -> None:
    for call_id in ("first", "second", "third"):
        async with Ledger(database, call_id, "line") as ledger:
            ledger.write(Answered(line="line", agent="greeter", provider="simulator"))

    assert [call.id for call in await recent_calls(database, 2)] == ["third", "second"]
