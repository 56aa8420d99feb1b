"""Rules together: what a line adds, what one that fails costs, and how long all of them take."""

import time

from structlog.testing import capture_logs

from switchboard.ledger.events import Event, SaidNotDone, Turn
from switchboard.ledger.rules import RULES, Finding, findings, rule
from tests.switchboard.ledger.rules.call import agent, caller, struck, tool


@rule("Somebody said hello.")
def greeted(events):  # type: ignore[no-untyped-def]
    for event in events:
        if "hello" in getattr(event, "text", "").lower():
            yield event.at, "There was a greeting."


@rule("It breaks.")
def broken(events):  # type: ignore[no-untyped-def]
    yield 1.0, "a beginning"
    raise ValueError(events[0].text)


def test_a_rule_is_named_like_its_function_and_says_what_it_is_for() -> None:
    assert (greeted.name, greeted.sentence) == ("greeted", "Somebody said hello.")
    assert struck(greeted, caller("Hello!")) == [Finding("greeted", 1.0, "There was a greeting.")]
    assert all(name == each.name and each.sentence.endswith(".") for name, each in RULES.items())


def test_a_rule_that_fails_finds_nothing_costs_the_others_nothing_and_tells_no_words() -> None:
    with capture_logs() as told:
        found = findings([caller("Hello, my secret")], [broken, greeted])

    assert [each.rule for each in found] == ["greeted"]
    assert told == [{"event": "a rule failed", "log_level": "error", "rule": "broken", "error": "ValueError"}]


def test_what_is_found_comes_in_the_order_of_the_call() -> None:
    late = SaidNotDone(at=9.0, agent="support", tools=("cancel_order",), text="Cancelled.", corrected=True)
    early = Turn(at=5.0, agent="support", ended_at=2.0, silence_ms=2500)

    found = findings([early, late], RULES.values())
    assert [(each.rule, each.at) for each in found] == [("dead_air", 2.0), ("said_not_done", 9.0)]
    assert found[1].sentence == "support claimed what had not been done by cancel_order; it was told so at once."


def test_a_claim_that_nobody_took_back_is_told_without_the_words() -> None:
    claim = SaidNotDone(agent="support", tools=(), text="It's done.", corrected=False)
    (found,) = struck(RULES["said_not_done"], claim)
    assert found.sentence == "support claimed what had not been done."


def long_call() -> list[Event]:
    """A call of 500 events, in which people talk."""
    turn = [
        caller("Well, I was wondering whether you could tell me where my order 10042 is, and when it will come."),
        *tool("find_order", order_number="10042"),
        agent("Let me see. Your order number 10042 was sent yesterday, and should be with you by tomorrow at noon."),
        Turn(agent="support", ended_at=3.0, silence_ms=700, first_sound_ms=700),
    ]
    return turn * 100


def test_all_rules_take_less_than_a_fiftieth_of_a_second_for_a_long_call() -> None:
    call = long_call()
    assert len(call) == 500
    took = []
    for _ in range(5):
        began = time.thread_time()
        findings(call, RULES.values())
        took.append(time.thread_time() - began)
    assert min(took) < 0.02, f"{min(took) * 1000:.1f} ms"
