"""Calls as text, and what is hidden in them."""

from datetime import UTC, datetime, timedelta

from app.report import calls_table, timeline_text
from switchboard.call.call import Caller
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered, CallerSpoke, Ended, HandoffDone
from switchboard.ledger.overview import CallSummary, recent_calls
from switchboard.ledger.timeline import timeline

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_running_call_is_told_from_one_that_ended() -> None:
    ended = CallSummary(
        "call_1", "support-line", "support", "*****11", BEGAN, BEGAN + timedelta(seconds=75), "caller_left"
    )
    running = CallSummary("call_2", "support-line", "greeter", "", BEGAN, None, None)

    heads, first, second = calls_table([ended, running], BEGAN + timedelta(seconds=9)).splitlines()

    assert heads.split()[:4] == ["call", "line", "agent", "caller"]
    assert first.split()[3:6] == ["*****11", "caller", "left"]
    assert first.endswith("1:15")
    assert "running" in second
    assert second.endswith("0:09")


async def test_calls_are_listed_with_the_agent_that_had_the_caller(database: Database) -> None:
    async with Ledger(database, "call_1", "support-line") as ledger:
        ledger.write(Answered(line="support-line", agent="greeter", provider="azure", caller="*****11"))
        ledger.write(CallerSpoke(text="Hello"))
        ledger.write(
            HandoffDone(
                source="greeter", target="support", arrived_ms=1, spoke_ms=None, silence_ms=None, socket_kept=True
            )
        )
        ledger.write(Ended(reason="goodbye"))

    (call,) = await recent_calls(database, 20)
    assert (call.agent, call.caller, call.ended_reason) == ("support", "*****11", "goodbye")
    told = timeline_text(await timeline(database, "call_1"))
    assert [line.split(":")[0].split("  ")[-1] for line in told.splitlines()] == [
        "answered",
        "caller spoke",
        "handoff done",
        "ended",
    ]


def test_of_a_callers_number_two_digits_are_kept() -> None:
    assert Caller(number="+15550111").masked_number == "*******11"
    assert Caller().masked_number is None
