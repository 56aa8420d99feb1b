"""Calls as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.calls_table import HEADS, calls_table
from switchboard.operate.call_line import CallLine

BEGAN = datetime(2026, 11, 23, 9, 0, 40, tzinfo=UTC)
OVER = CallLine(
    id="call_0123456789ab",
    line="support-line",
    agent="support",
    agents=("greeter", "support"),
    caller="*****11",
    started_at=BEGAN,
    ended_at=BEGAN + timedelta(seconds=76),
    outcome="caller_left",
    seconds=75.2,
    cost=Decimal("0.031249"),
    currency="USD",
    rules=("dead_air", "asked_again"),
    first_sound_p50_ms=310.0,
    to_person=False,
)
RUNNING = replace(OVER, id="call_2", caller=None, ended_at=None, outcome=None, seconds=None, cost=None, rules=())


def test_a_call_is_told_on_a_line_and_one_that_runs_is_told_from_one_that_is_over() -> None:
    unknown = replace(OVER, id="call_3", agent=None, cost=None, currency=None)

    assert calls_table([OVER, RUNNING, unknown], BEGAN + timedelta(seconds=609)).splitlines() == [
        "call               began (UTC)       length  state        agent          cost  line          caller   found",
        "call_0123456789ab  2026-11-23 09:00    1:15  caller left  support  0.0312 USD  support-line  *****11  "
        "dead_air, asked_again",
        "call_2             2026-11-23 09:00   10:09  running      support              support-line",
        "call_3             2026-11-23 09:00    1:15  caller left              unknown  support-line  *****11  "
        "dead_air, asked_again",
    ]


def test_how_long_a_lost_call_lasted_is_not_known() -> None:
    lost = replace(RUNNING, outcome="lost")
    assert calls_table([lost], BEGAN).splitlines()[1].split() == [
        "call_2", "2026-11-23", "09:00", "lost", "support", "support-line",
    ]  # fmt: skip


def test_columns_that_do_not_fit_are_left_out_from_the_end() -> None:
    whole = calls_table([OVER], BEGAN)
    width = max(map(len, whole.splitlines()))
    assert calls_table([OVER], BEGAN, width) == whole

    for narrower in range(width):
        heads, call = calls_table([OVER], BEGAN, narrower).splitlines()
        assert max(len(heads), len(call)) <= max(narrower, len(OVER.id))
        assert whole.splitlines()[0].startswith(heads)
        assert whole.splitlines()[1].startswith(call)
    assert calls_table([OVER], BEGAN, 80).splitlines()[0].endswith("cost"), "a usual terminal has the cost"
    assert calls_table([OVER], BEGAN, 1).splitlines() == [HEADS[0], OVER.id]


def test_what_a_terminal_would_obey_is_shown() -> None:
    assert "\\x1b[2J" in calls_table([replace(OVER, caller="\x1b[2J")], BEGAN)
