"""A call taken up at one of its turns goes on as it did, but for what has changed since."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app.rewind
from agents.escalation import Escalation
from app.playbooks import playbook_of
from app.rehearsals import OFFLINE, plays_of
from main import cli
from rehearsal.file import Play, load
from rehearsal.house import House
from rehearsal.prepared import columns_of
from rehearsal.rewind.compared import Compared, compared
from rehearsal.rewind.held_again import Again, HeldAgain
from rehearsal.rewind.moment import RewindError, moment_of
from shop.knowledge import Knowledge
from switchboard.database import Database
from switchboard.ledger.events import (
    Answered,
    CallerSpoke,
    Ended,
    Erased,
    Event,
    Remembered,
    ToolCalled,
    ToolReturned,
)
from switchboard.line.reworded import reworded
from switchboard.line.workflow import Workflow
from switchboard.redaction.redactor import Redactor
from switchboard.settings.environment import load_settings
from tests.switchboard.operate.made import bare_call, call
from workflows.support_line import SUPPORT_LINE

TEN = Path(__file__).with_name("ten_turns.yaml")
PLAYS = {play.file.stem: play for play in plays_of(SUPPORT_LINE)}
OPENING_HOURS, A_PERSON = 7, 8
"""Turns of the caller."""
Events = Sequence[Event]


def ten_turns() -> Play:
    return load(TEN, SUPPORT_LINE, columns_of(SUPPORT_LINE.business))


@pytest.fixture(scope="session")
def events(house: House) -> Events:
    """A call of ten turns, as the ledger has it."""
    return asyncio.run(held(house, ten_turns()))


async def held(house: House, play: Play) -> Events:
    verdict = await house.play(play, seed=0)
    assert verdict.story
    return verdict.story.events


async def taken_up(
    house: House, events: Events, turn: int, line: Workflow = SUPPORT_LINE, live_tools: bool = False
) -> tuple[HeldAgain, Compared]:
    moment = moment_of("call_1", events, (), line, turn)
    again = Again(line, playbook_of(line), house.prepared, house.settings, house.prices)
    now = await again.hold(moment, live_tools=live_tools)
    redactor = Redactor(house.settings.storage.redacts)
    return now, compared(moment.rest, now.rest, turn, moment.answered.versions, line, redactor)


async def test_at_each_of_ten_turns_the_rest_is_the_same(house: House, events: Events) -> None:
    assert sum(isinstance(event, CallerSpoke) for event in events) == 10
    for turn in range(1, 11):
        now, both = await taken_up(house, events, turn)

        assert both.turn is None, f"turn {turn}: {both.happened}"
        assert not now.missing and not now.hung
        assert [each.number for each in both.rounds] == list(range(turn, 11))
        assert isinstance(now.rest[-1], Ended)


async def test_with_its_tools_live_it_is_the_same(house: House, events: Events) -> None:
    _, both = await taken_up(house, events, turn=2, live_tools=True)

    assert both.turn is None, str(both.happened)


async def test_what_the_ledger_does_not_keep_is_stood_in_for(house: House) -> None:
    redacts = load_settings(None, {**OFFLINE, "LEDGER_REDACTS": "emails,postcodes"})
    discreet = replace(house, settings=redacts)
    for name in ("wrong_code", "order_number_by_keypad"):
        events = await held(discreet, PLAYS[name])
        told = [event.text for event in events if isinstance(event, CallerSpoke)]
        assert any("[postcode]" in text for text in told) and any("***" in text for text in told)
        for turn in (1, len(told)):
            _, both = await taken_up(discreet, events, turn)

            assert both.turn is None, f"{name}, turn {turn}: {both.happened}"


async def test_another_prompt_is_told_in_the_turn_in_which_somebody_goes_by_it(house: House, events: Events) -> None:
    line = reworded(SUPPORT_LINE, {"escalation": f"{Escalation.prompt()}\nBe brief."})

    _, both = await taken_up(house, events, 3, line)

    assert (both.turn, both.happened) == (A_PERSON, None), "the offline mind reads no prompt"
    (retold,) = next(each for each in both.rounds if each.number == A_PERSON).retold
    assert (retold.agent, retold.what) == ("escalation", "prompt:escalation")
    assert retold.then == SUPPORT_LINE.versions[retold.what] != retold.now


async def test_a_tool_that_is_told_otherwise_is_told_where_its_agent_answers(house: House, events: Events) -> None:
    answered = next(event for event in events if isinstance(event, Answered))
    then = answered.model_copy(update={"versions": {**answered.versions, "tool:write_briefing": "0123456789ab"}})

    _, both = await taken_up(house, [then if event is answered else event for event in events], 7)

    assert both.turn == A_PERSON


async def test_a_live_tool_that_gives_something_else_is_told_in_its_turn(
    house: House, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Knowledge, "search", lambda *_: None)

    _, both = await taken_up(house, events, turn=2, live_tools=True)

    assert both.turn == OPENING_HOURS
    assert both.happened and isinstance(both.happened.other, ToolReturned)
    assert "result" in both.happened.fields


async def test_a_result_that_was_another_one_is_told_in_its_turn(house: House, events: Events) -> None:
    asked = next(event for event in events if isinstance(event, ToolCalled) and event.tool == "search_knowledge")
    other = [event.model_copy(update={"arguments": {"question": "?"}}) if event is asked else event for event in events]

    now, both = await taken_up(house, other, turn=2)

    assert both.turn == OPENING_HOURS
    assert now.missing == ["search_knowledge(question: What are your opening hours?)"]


def test_it_begins_with_agent_state_proof_and_words(events: Events) -> None:
    moment = moment_of("call_1", events, (), SUPPORT_LINE, A_PERSON)

    memory = [event for event in moment.before if isinstance(event, Remembered)][-1]
    assert memory.verified
    assert (moment.past.agent, moment.past.state) == ("support", memory.state)
    assert moment.past.verified and moment.past.verified.strength == memory.verified["strength"] == "write"
    assert moment.past.talk and [item.text_content for item in moment.past.talk.messages() if item.role == "user"] == [
        event.text for event in moment.before if isinstance(event, CallerSpoke)
    ]


def test_who_was_given_a_brief_knows_no_more(events: Events) -> None:
    moment = moment_of("call_1", events, (), SUPPORT_LINE, A_PERSON + 1)

    assert moment.past.agent == "escalation"
    assert moment.past.talk
    brief, *said = moment.past.talk.items
    assert brief.type == "message" and brief.role == "system" and "person" in str(brief.text_content)
    assert {item.type for item in said} == {"message"}


@pytest.mark.parametrize(
    ("turn", "told"), [(0, "turns are 1 to 10"), (11, "turns are 1 to 10"), (-1, "has no turn -1")]
)
def test_a_turn_that_there_is_not_is_refused(turn: int, told: str, events: Events) -> None:
    with pytest.raises(RewindError, match=told):
        moment_of("call_1", events, (), SUPPORT_LINE, turn)


def test_nobody_is_put_into_the_middle_of_a_tool(events: Events) -> None:
    place = next(i for i, event in enumerate(events) if isinstance(event, ToolReturned) and event.tool == "find_order")
    spoken_over = [*events[:place], CallerSpoke(text="Wait."), *events[place:]]

    with pytest.raises(RewindError, match="Turn 4 of call_1 began while find_order ran"):
        moment_of("call_1", spoken_over, (), SUPPORT_LINE, 4)


@pytest.fixture
def ledger(events: Events, sqlite_templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that can be taken up and such as cannot be, for whoever types the command."""
    file = tmp_path / "ledger.db"
    file.write_bytes((sqlite_templates / "empty.db").read_bytes())
    answered, said, ended = events[0], CallerSpoke(text="Hello?"), Ended(reason="goodbye")
    elsewhere = answered.model_copy(update={"line": "old-line"})
    with_another = answered.model_copy(update={"agent": "porter"})
    strange = Remembered(state={"order_number": "none"}, verified=None)

    async def fill() -> None:
        async with aclosing(Database(f"sqlite:///{file}")) as database:
            await call(database, "call_1", *events)
            await bare_call(database, "runs", answered, said)
            await call(database, "erased", Erased(), answered, said, ended)
            await call(database, "silent", answered, ended)
            await call(database, "unanswered", ended)
            await call(database, "elsewhere", elsewhere, said, ended)
            await call(database, "gone", with_another, said, ended)
            await call(database, "strange", answered, strange, said, ended)

    asyncio.run(fill())
    chosen = load_settings(None, {"DATABASE_URL": f"sqlite:///{file}"})
    monkeypatch.setattr(app.rewind, "settings", lambda: chosen)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "support.md").write_text("Use `find_ordre`.")
    (tmp_path / "porter.md").write_text("Carry.")
    (tmp_path / "latin.md").write_bytes(b"\xe9")
    (tmp_path / "taken.html").write_text("")


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rewind", *arguments])


WRONG = [
    (["call_9", "--turn", "1"], "The ledger has no call 'call_9'. List them: "),
    (["call_1", "--turn", "0"], "call_1 has no turn 0: the caller's turns are 1 to 10."),
    (["call_1", "--turn", "11"], "call_1 has no turn 11"),
    (["runs", "--turn", "1"], "runs has no end: it still runs"),
    (["erased", "--turn", "1"], "The words of erased were removed"),
    (["silent", "--turn", "1"], "In silent the caller said nothing"),
    (["unanswered", "--turn", "1"], "unanswered was never answered"),
    (["elsewhere", "--turn", "1"], "elsewhere came in on the line old-line, which there is not any more."),
    (["gone", "--turn", "1"], "The line support-line has no agent `porter` any more"),
    (["strange", "--turn", "1"], "What strange knew is no state of the line support-line any more: order_number."),
    (["call_1", "--turn", "1", "--with", "nothing.md"], "--with: nothing.md cannot be read: No such file"),
    (["call_1", "--turn", "1", "--with", "latin.md"], "--with: latin.md cannot be read: it is not UTF-8."),
    (["call_1", "--turn", "1", "--with", "taken.html"], "--with: taken.html is no prompt"),
    (
        ["call_1", "--turn", "1", "--with", "porter.md"],
        "--with: the line support-line has no agent `porter`; its agents",
    ),
    (["call_1", "--turn", "1", "--with", "support.md"], "line support-line: the prompt of Support names `find_ordre`"),
    (["call_1", "--turn", "1", "--with", "porter.md", "--with", "./porter.md"], "--with: there are two prompts for"),
]


@pytest.mark.usefixtures("ledger")
def test_what_cannot_be_done_is_told_in_a_sentence() -> None:
    for arguments, told in WRONG:
        result = typed(*arguments)

        assert (result.exit_code, result.output.startswith(told)) == (2, True), (arguments, result.output)


@pytest.mark.usefixtures("ledger")
def test_both_runs_are_told_side_by_side_and_kept(tmp_path: Path) -> None:
    changed = tmp_path / "escalation.md"
    changed.write_text(f"{Escalation.prompt()}\nBe brief.\n")

    same = typed("call_1", "--turn", "10")
    other = typed(
        *("call_1", "--turn", "8", "--with", str(changed)), "--html", "both.html", "--save", str(tmp_path / "made.yaml")
    )
    again = typed("call_1", "--turn", "10", "--html", "both.html")

    assert (same.exit_code, same.output.splitlines()[-1]) == (0, "Both are the same to the end, times aside.")
    assert other.exit_code == 1
    assert "+Be brief." in other.output
    assert "The first difference is in turn 8: escalation has another prompt:escalation" in other.output
    page = (tmp_path / "both.html").read_text()
    assert page.count('<tr class="first">') == 1 and "<td>8</td>" in page
    assert page.count("<mark>escalation has prompt:escalation, ") == 2
    assert load(tmp_path / "made.yaml", SUPPORT_LINE, {}).scenario.holds.agents
    assert again.exit_code == 2 and "--html: both.html is there already" in again.output
