"""A call in the ledger is a scenario: it holds as it was, and fails at the turn in which something else happens."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.rehearsals import plays_of
from rehearsal.blanks import pattern_of, with_examples
from rehearsal.callers_turns import callers_turns, in_order
from rehearsal.file import Play, load
from rehearsal.house import House, Verdict
from rehearsal.made import scenario_of
from rehearsal.prepared import columns_of
from rehearsal.results import results
from switchboard.files import write_new
from switchboard.ledger.difference import difference
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Ended,
    Erased,
    Event,
    Remembered,
    ToolCalled,
    ToolReturned,
    Turn,
    VerificationHeld,
)
from switchboard.operate.scenarios import NoScenarioError
from tools.case import Case
from workflows.clinic_line import CLINIC_LINE
from workflows.support_line import SUPPORT_LINE

PLAYS = {play.file.stem: play for line in (SUPPORT_LINE, CLINIC_LINE) for play in plays_of(line)}
HELD = [
    "changes_their_mind_in_a_lookup",  # speaks while a tool runs
    "order_number_by_keypad",  # keys, which nobody keeps, and which stand in what tools gave
    "wrong_postcode_three_times",  # is not verified any more
]
CHANGED = [
    # a code in words, which nobody keeps
    ("cancel_with_a_code", "Order 10141, a desk lamp", "Order 10141, a red lamp", 'turn 4, "SW1A 2AA": '),
    # handed over, and back
    ("back_from_escalation", "should arrive tomorrow", "was lost", 'turn 2, "'),
    # the practice's line
    ("books_an_appointment", "with Doctor Okoye", "with Doctor Watson", 'turn 5, "The first one": '),
]


async def _made(name: str, house: House, folder: Path) -> Play:
    """The scenario that is made of a call of that one, by its file, which holds."""
    verdict = await house.play(PLAYS[name], seed=0)
    assert verdict.passed and verdict.story
    file = folder / "made.yaml"
    write_new(file, scenario_of(verdict.story, house.line))
    play = load(file, house.line, columns_of(house.line.business))
    again = await house.play(play, seed=1)
    assert not again.misses, "\n".join(map(str, again.misses))
    assert difference(_known(verdict), _known(again)) is None
    return play


def _known(verdict: Verdict) -> list[Event]:
    """What the call knew, as it came to know it."""
    return [event for event in verdict.events if isinstance(event, Remembered | VerificationHeld)]


@pytest.mark.parametrize("name", HELD)
async def test_a_call_made_a_scenario_holds(name: str, house: House, tmp_path: Path) -> None:
    assert (await _made(name, house, tmp_path)).scenario.tools


@pytest.mark.parametrize(("name", "result", "other", "turn"), CHANGED, ids=[name for name, *_ in CHANGED])
async def test_with_another_result_it_fails_at_the_turn_that_has_it(
    name: str, result: str, other: str, turn: str, house: House, practice: House, tmp_path: Path
) -> None:
    at = practice if PLAYS[name].line is CLINIC_LINE else house
    play = await _made(name, at, tmp_path)
    tools = play.scenario.tools
    assert tools and any(result in each.returns for each in tools)
    changed = [each.model_copy(update={"returns": each.returns.replace(result, other)}) for each in tools]

    verdict = await at.play(replace(play, scenario=play.scenario.model_copy(update={"tools": changed})), seed=0)

    assert [miss.expected.startswith(turn) for miss in verdict.misses] == [True, True], verdict.misses
    assert "-> /" in verdict.misses[0].expected and other in verdict.misses[0].heard
    assert "says /" in verdict.misses[1].expected and other in verdict.misses[1].heard


async def test_a_call_whose_words_are_erased_makes_none(house: House) -> None:
    verdict = await house.play(PLAYS["goodbye_at_once"], seed=0)
    assert verdict.story

    with pytest.raises(NoScenarioError, match="has been erased"):
        scenario_of(replace(verdict.story, events=[Erased(), *verdict.events]), SUPPORT_LINE)
    with pytest.raises(NoScenarioError, match="no line support-line any more"):
        scenario_of(verdict.story, None)


async def test_what_another_model_said_is_not_expected_and_the_reader_is_told(house: House) -> None:
    verdict = await house.play(PLAYS["goodbye_at_once"], seed=0)
    assert verdict.story
    (first, *rest) = verdict.story.events
    call = replace(verdict.story.call, outcome="silence")
    events = [first.model_copy(update={"provider": "azure", "resumes": "call_0"}), *rest]

    text = scenario_of(replace(verdict.story, call=call, events=events), SUPPORT_LINE)

    assert "Agents' words are not expected: azure" in text
    assert "It ended otherwise than a call can here: silence." in text
    assert "It went on from the call call_0" in text
    assert "Fernway" not in text and "ended:" not in text


def called(tool: str, call_id: str, **arguments: object) -> ToolCalled:
    return ToolCalled(agent="support", tool=tool, call_id=call_id, arguments=arguments)


def returned(tool: str, call_id: str, result: str, failed: bool = False) -> ToolReturned:
    return ToolReturned(agent="support", tool=tool, call_id=call_id, result=result, failed=failed, ms=1)


def spoke(text: str) -> AgentSpoke:
    return AgentSpoke(agent="support", text=text)


def answered_turn() -> Turn:
    return Turn(agent="support", ended_at=1, first_sound_ms=300)


def test_words_that_are_written_down_late_are_said_before_what_was_called_for_them() -> None:
    look, found = called("find_order", "a"), returned("find_order", "a", "Found.")
    late: list[Event] = [spoke("Hello."), look, CallerSpoke(text="Where is it?"), found, spoke("There.")]
    meanwhile: list[Event] = [
        CallerSpoke(text="Where is it?"),
        look,
        found,
        CallerSpoke(text="Hurry."),
        spoke("There."),
    ]

    assert [event.kind for event in in_order(late)][:3] == ["agent_spoke", "caller_spoke", "tool_called"]
    assert in_order(meanwhile) == meanwhile
    assert list(callers_turns(in_order(late))) == [{"says": "Where is it?"}]
    assert list(callers_turns(in_order(meanwhile))) == [
        {"says": "Where is it?"},
        {"says": "Hurry.", "during": "find_order"},
    ]


def test_words_after_an_answer_are_for_the_next_one_and_not_for_a_tool_that_nobody_asked_for() -> None:
    events: list[Event] = [called("end_call", "a"), answered_turn(), CallerSpoke(text="Wait!")]

    assert in_order(events) == events


def test_who_hangs_up_while_a_tool_runs_does_so_in_the_scenario() -> None:
    events: list[Event] = [CallerSpoke(text="Hello"), called("find_order", "a"), Ended(reason="caller_left")]

    assert list(callers_turns(events))[-1] == {"hangs_up": True, "during": "find_order"}
    assert results(events, {"find_order"}, {}) == [{"tool": "find_order", "with": {}, "returns": ""}]


def test_a_tool_has_its_own_changes_of_the_state_also_where_two_run_together() -> None:
    events: list[Event] = [
        called("verify", "a", code=None),
        called("find", "b", number=7),
        returned("verify", "a", "Verified."),
        Remembered(state={"topic": None, "number": 7}, verified={"account": "1", "name": "A", "by": "b"}),
        returned("find", "b", "Found.", failed=True),
        Remembered(state={"topic": "x", "number": 7}, verified={"account": "1", "name": "A", "by": "b"}),
        called("find", "c"),
        returned("find", "c", "Error parsing arguments: int_type"),
    ]

    assert results(events, {"verify", "find"}, {"topic": None, "number": None}) == [
        {
            "tool": "verify",
            "with": {"code": None},
            "returns": "Verified.",
            "remembers": {"number": 7},
            "proves": {"account": "1", "name": "A", "by": "b"},
        },
        {"tool": "find", "with": {"number": "7"}, "returns": "Found.", "fails": True, "remembers": {"topic": "x"}},
    ]


def test_where_nothing_is_kept_an_example_is_said_and_anything_expected() -> None:
    events: list[Event] = [
        CallerSpoke(text="It is *** or [e-mail]"),
        CallerSpoke(text="(typed on the keypad) *****"),
        returned("find", "a", "Order *** is at [postcode]."),
        CallerSpoke(text="(typed on the keypad) **"),
    ]

    assert [
        getattr(event, "text", None) or getattr(event, "result", None) for event in with_examples(events, Case)
    ] == [
        "It is 123456 or caller@example.com",
        "(typed on the keypad) 12345",
        "Order 12345 is at SW1A 1AA.",
        "(typed on the keypad) 23",
    ]
    assert re.fullmatch(pattern_of("Is ***(a) [e-mail]?"), "Is 12345(a) me@home?")
    assert not re.fullmatch(pattern_of("a|b"), "a")
