"""One call as text, and what is hidden in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from app.call_report import call_text, findings_text, timeline_text, versions_text
from app.lines import LINES
from switchboard.call.call import Caller
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered, CallerSpoke, Ended, Event, Turn
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import RULES, rule
from switchboard.ledger.timeline import timeline


async def test_events_are_told_a_line_each(database: Database) -> None:
    async with Ledger(database, "call_1", "support-line") as ledger:
        ledger.write(Answered(line="support-line", agent="greeter", provider="azure", caller="*****11"))
        ledger.write(CallerSpoke(text="Hello"))
        ledger.write(Ended(reason="goodbye"))

    told = timeline_text(await timeline(database, "call_1"))
    assert [line.split(":")[0].split("  ")[-1] for line in told.splitlines()] == ["answered", "caller spoke", "ended"]


def test_a_turn_is_told_in_words() -> None:
    whole = Turn(at=9.0, agent="support", ended_at=4.2, first_token_ms=580, first_sound_ms=700, silence_ms=700)
    cut = whole.model_copy(update={"silence_ms": 400.0, "interrupted_at": 6.5})
    never = Turn(at=9.0, agent="support", ended_at=4.2)

    assert timeline_text([whole, cut, never]).splitlines() == [
        "    9.00  turn: the caller had finished at 4.20, first token after 580 ms, support was heard after 700 ms",
        "    9.00  turn: the caller had finished at 4.20, first token after 580 ms, support was heard after 700 ms, "
        "silence for 400 ms, interrupted at 6.50",
        "    9.00  turn: the caller had finished at 4.20, support was not heard, silence to the end",
    ]


def test_a_call_is_told_with_what_went_wrong_and_what_it_ran_with() -> None:
    versions = {"workflow": "0a1b2c3d4e5f", "tool:find_order": "5f4e3d2c1b0a"}
    answered = Answered(line="support-line", agent="greeter", provider="azure", versions=versions)
    late = Turn(at=9.0, agent="greeter", ended_at=4.0, first_sound_ms=2600, silence_ms=2600)

    told = call_text([answered, late], Prices([]))
    assert told.split("\n\n")[1:] == [
        "found:\n    4.00  dead_air: The caller heard nothing for 2.6 s before greeter answered.",
        "ran with:\n  workflow         0a1b2c3d4e5f\n  tool:find_order  5f4e3d2c1b0a",
    ]
    assert "0a1b2c3d4e5f" not in timeline_text([answered])


def test_a_call_in_which_nothing_went_wrong_says_nothing_of_it() -> None:
    fine = Turn(at=9.0, agent="greeter", ended_at=4.0, first_sound_ms=600, silence_ms=600)
    assert findings_text([fine], RULES.values()) == ""
    assert versions_text([fine]) == ""
    assert call_text([], Prices([])) == ""


def test_a_lines_own_rules_are_asked_of_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    @rule("Somebody called.")
    def called(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
        yield 0.0, "There was a call."

    line = replace(LINES["support-line"], rules=(called,))
    monkeypatch.setitem(LINES, "support-line", line)
    answered = Answered(line="support-line", agent="greeter", provider="azure")
    assert "called: There was a call." in call_text([answered], Prices([]))
    assert "There was a call." not in call_text([answered.model_copy(update={"line": "another"})], Prices([]))


def test_of_a_callers_number_two_digits_are_kept() -> None:
    assert Caller(number="+15550111").masked_number == "*******11"
    assert Caller().masked_number is None
