"""What `main.py new` makes: callers reach it at once, and all else is left as it was."""

import difflib
from pathlib import Path

import pytest

from app.lines import LINES
from app.new.agent import new_agent
from app.new.change import Change
from app.new.house import House
from app.new.line import new_line
from app.new.playbook_text import PlaybookText
from app.new.refusal import RefusalError
from app.new.source import Source
from app.new.tool import new_tool
from tests.app.new.conftest import copied
from tests.command import ROOT, run_in

LINE = next(iter(LINES))
TYPED = "I have a question about gift cards\nwhere is my order?\nwhat are your opening times?\nbye\n"


@pytest.fixture
def own_house(tmp_path: Path) -> House:
    return copied(tmp_path)


def removed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line[2:].strip() for line in lines if line.startswith("- ")]


def test_a_caller_reaches_a_new_agent_a_new_tool_and_a_new_line_offline(own_house: House) -> None:
    tools = {"opening_times": "support", "loyalty_points": "greeter", "parking_places": "receptionist"}
    tools |= {"house_calls": "scheduling", "first_aid": "nurse"}
    for tool, agent in tools.items():
        with new_tool(own_house, tool, agent, None).written():
            pass
    with new_line(own_house, "sales-line", None).written():
        pass
    made = run_in(own_house.root, "new", "agent", "gift_cards", "--line", LINE, "--from", "greeter", "--to", "support")
    call = run_in(own_house.root, "console", "--text", typed=TYPED)

    tried = run_in(own_house.root, "try", "*reaches_gift_cards", "*is_greeted", *(f"calls_{tool}" for tool in tools))

    assert made.returncode == 0, made.stderr
    assert tried.returncode == 0, tried.stdout
    assert f"{2 + len(tools)} scenarios" in tried.stdout
    assert made.stdout.startswith("wrote  agents/gift_cards.py\nwrote  agents/gift_cards.md\n")
    assert made.stdout.endswith(": main.py try support_line/reaches_gift_cards\n")
    assert "[handoff] greeter -> gift_cards" in call.stdout
    assert "gift_cards: I can help with gift cards." in call.stdout
    assert "[handoff] gift_cards -> support" in call.stdout
    assert '[support] opening_times(question="what are your opening times?") -> I have looked' in call.stdout


def test_a_line_with_a_business_of_its_own_is_migrated_filled_checked_and_tried(own_house: House) -> None:
    with new_line(own_house, "bakery-line", None, "bakery").written():
        pass
    database = f"sqlite:///{own_house.root}/bakery.db"

    filled = run_in(own_house.root, "seed", DATABASE_URL=database)
    checked = run_in(own_house.root, "check", DATABASE_URL=database)
    tried = run_in(own_house.root, "try", "--line", "bakery-line")

    assert "Added 1 entries." in filled.stdout, filled.stderr
    assert checked.returncode == 0, checked.stdout
    assert "ok       line bakery-line: bakery_desk" in checked.stdout
    assert tried.returncode == 0, tried.stdout
    assert "2 scenarios, all passed" in tried.stdout


def test_a_business_stands_where_the_others_are_listed(house: House) -> None:
    change = new_line(house, "bakery-line", None, "bakery")

    project = "pyproject.toml"
    assert len(removed((ROOT / project).read_text(), change.read(project))) == 6
    assert change.read(project).count("bakery") == 6
    assert '"shop | clinic | bakery", "switchboard"]' in change.read(project)
    assert "COPY bakery/ bakery/\nCOPY switchboard/ switchboard/\n" in change.read("deploy/Dockerfile")


def test_a_refusal_is_told_in_its_sentence_and_exit_code_2(own_house: House) -> None:
    refused = run_in(own_house.root, "new", "tool", "find_order", "--agent", "greeter")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "support has a tool find_order: choose another name.\n"


def test_a_tool_to_which_no_words_are_known_to_lead_has_no_scenario(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.new.tool.words_to", lambda *_: None)

    assert not [file for file in new_tool(house, "lost_parcels", "escalation", None).files if "scenarios" in file]


def test_only_the_edges_that_grow_are_written_anew(house: House) -> None:
    change = new_agent(house, "gift_cards", LINE, ["greeter", "escalation"], ["support", "greeter"])
    code, book = "workflows/support_line.py", "workflows/support_line.playbook.yaml"

    assert removed((ROOT / code).read_text(), change.read(code)) == [
        "Greeter: (Support, Escalation),",
        "Escalation: (Support, SHOP_DESK, WAREHOUSE),",
    ]
    assert removed((ROOT / book).read_text(), change.read(book)) == []
    assert "GiftCards: (Support, Greeter),\n    }," in change.read(code)
    assert "from agents.escalation import Escalation\nfrom agents.gift_cards import GiftCards\n" in change.read(code)


def test_a_tool_is_named_where_the_prompt_says_what_to_do(house: House) -> None:
    prompt = new_tool(house, "gift_card_balance", "support", None).read("agents/support.md")

    duty = "- Gift card balance: call `gift_card_balance`, and say what it tells you.\n"
    assert prompt == (ROOT / "agents/support.md").read_text().replace("\n# Handing over", f"\n{duty}\n# Handing over")


@pytest.mark.parametrize(
    ("code", "edited"),
    [
        ("{\n    A: (B,),  # one\n    B: (),\n}", "{\n    A: (B, C),  # one\n    B: (),\n    C: (A,),\n}"),
        ("{\n    A: (),\n    B: (),  # two\n}", "{\n    A: (C,),\n    B: (),  # two\n    C: (A,),\n}"),
        ("{A: ()}", "{A: (C,), C: (A,)}"),
        (
            "{\n    A: (\n        B,  # why\n    ),\n}",
            "{\n    A: (\n        B,  # why\n        C,\n    ),\n    C: (A,),\n}",
        ),
        ("{}", "{A: (C,), C: (A,)}"),
    ],
)
def test_edges_are_added_in_the_way_in_which_the_others_are_written(tmp_path: Path, code: str, edited: str) -> None:
    text = 'LINE = Workflow(name="l",start = A, handoffs={})\n'  # not in ruff's style
    source = Source("line.py", text.replace("{}", code))
    source.add_edges("l", ["A"], "C", ["A"])

    assert source.text(tmp_path) == text.replace("{}", edited)


def test_a_list_that_is_made_elsewhere_is_left_to_its_writer() -> None:
    source = Source("line.py", 'EDGES = (B,)\nLINE = Workflow(name="l", handoffs={A: EDGES})\n')
    with pytest.raises(RefusalError, match="the handoffs of A are no tuple"):
        source.add_edges("l", ["A"], "C", [])


def test_what_means_something_else_already_is_no_example_of_a_new_thing(house: House) -> None:
    book = house.playbook(LINES[LINE], Change(house.root))
    assert book
    book.add_tool("greeter", "support", about="support")
    book.check()

    [rule, *_] = PlaybookText("book", book.text).book.agents["greeter"].turns
    assert rule.meant == ("Can I talk to support?", "I have a question about support", "What are your support?")


def test_an_agent_without_a_section_has_its_tool_called_by_a_rule_of_all(house: House) -> None:
    book = house.playbook(LINES[LINE], Change(house.root))
    assert book
    book.add_tool("newcomer", "gift_balance")
    book.check()

    assert PlaybookText("book", book.text).book.first[0].call == "gift_balance"
