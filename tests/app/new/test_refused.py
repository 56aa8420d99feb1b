"""What `main.py new` does not make: it says how to do it right, and no byte of the house has changed."""

from collections.abc import Callable

import pytest

from app.lines import LINES
from app.new.agent import new_agent
from app.new.change import Change
from app.new.command import carry_out
from app.new.house import House
from app.new.line import new_line
from app.new.refusal import RefusalError
from app.new.tool import new_tool
from tests.app.new.conftest import Snapshot

LINE = next(iter(LINES))
AGENTS: dict[str, tuple[tuple[str, str, list[str], list[str]], str]] = {
    "no name": (
        ("Gift Cards", LINE, ["greeter"], []),
        "use lower-case words joined by underscores, such as gift_cards",
    ),
    "a word of Python's": (("class", LINE, ["greeter"], []), "class means something already"),
    "a builtin": (("exception", LINE, ["greeter"], []), "a word of Python's own"),
    "a name of the engine's": (("briefing", LINE, ["greeter"], []), "briefing means something already"),
    "a class that would have another name": (("b_2_b", LINE, ["greeter"], []), "keep digits inside of words"),
    "a name that is taken": (("support", LINE, ["greeter"], []), f"The line {LINE} has an agent support"),
    "a person's name": (("shop_desk", LINE, ["greeter"], []), "has a person or a number 'shop desk'"),
    "a class that is there": (("handoff", LINE, ["greeter"], []), "has another Handoff"),
    "an unknown line": (("gifts", "sales-line", ["greeter"], []), f"There is no line 'sales-line'. Lines: {LINE}"),
    "an unknown giver": (("gifts", LINE, ["gretel"], []), "There is no agent 'gretel'. Agents: greeter, support"),
    "an unknown taker": (("gifts", LINE, ["greeter"], ["hansel"]), "There is no agent 'hansel'. Agents: "),
    "an edge twice": (("gifts", LINE, ["greeter", "greeter"], []), "--from greeter is given twice"),
    "nobody who hands over": (("gifts", LINE, [], ["support"]), "name an agent that does with --from"),
}
TOOLS: dict[str, tuple[tuple[str, str, str | None], str]] = {
    "no name": (("gift-card", "greeter", None), "use lower-case words joined by underscores"),
    "a name of the engine's": (("transfer_to_gifts", "greeter", None), "transfer_to_gifts means something already"),
    "a builtin": (("print", "greeter", None), "a word of Python's own"),
    "a tool that is there": (("find_order", "greeter", None), "support has a tool find_order"),
    "a module that is there": (("orders", "greeter", None), "tools/orders.py is there already"),
    "an unknown agent": (("gift_balance", "gretel", None), "There is no agent 'gretel'. Agents: greeter, support"),
    "an unknown line": (("gift_balance", "greeter", "sales-line"), "There is no line 'sales-line'"),
}


LINES_ASKED_FOR: dict[str, tuple[tuple[str, str | None] | tuple[str, str | None, str], str]] = {
    "no name": (("Sales Line", None), "use lower-case words joined by dashes, such as sales-line"),
    "a line that is there": ((LINE, None), f"There is a line {LINE}"),
    "a word of Python's": (("class", None), "class means something already"),
    "an agent that is there": (("sales-line", "greeter"), "agents/greeter.py is there already"),
    "no name of an agent": (("sales-line", "Sales"), "use lower-case words joined by underscores, such as sales_desk"),
    "no name of a business": (
        ("sales-line", None, "Sales"),
        "use lower-case words joined by underscores, such as sales",
    ),
    "a business that is there": (("sales-line", None, "shop"), "There is something called shop, here or in a package"),
    "a business like a package": (("sales-line", None, "email"), "There is something called email, here or in a"),
}


@pytest.mark.parametrize("wrong", LINES_ASKED_FOR)
def test_a_wrong_line_is_refused(house: House, snapshot: Callable[[], Snapshot], wrong: str) -> None:
    given, sentence = LINES_ASKED_FOR[wrong]
    before = snapshot()
    with pytest.raises(RefusalError) as refused:
        new_line(house, *given)

    assert sentence in str(refused.value)
    assert snapshot() == before


@pytest.mark.parametrize("wrong", AGENTS)
def test_a_wrong_agent_is_refused(house: House, snapshot: Callable[[], Snapshot], wrong: str) -> None:
    (name, line, sources, targets), sentence = AGENTS[wrong]
    before = snapshot()
    with pytest.raises(RefusalError) as refused:
        new_agent(house, name, line, sources, targets)

    assert sentence in str(refused.value)
    assert snapshot() == before


@pytest.mark.parametrize("wrong", TOOLS)
def test_a_wrong_tool_is_refused(house: House, snapshot: Callable[[], Snapshot], wrong: str) -> None:
    given, sentence = TOOLS[wrong]
    before = snapshot()
    with pytest.raises(RefusalError) as refused:
        new_tool(house, *given)

    assert sentence in str(refused.value)
    assert snapshot() == before


def test_what_does_not_import_is_undone(house: House, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    change = new_agent(house, "gift_cards", LINE, ["greeter"], ["support"])
    change.edit("agents/gift_cards.md", "Call `gift_card_magic`.")
    with pytest.raises(RefusalError, match=r"all is as it was: line .* names `gift_card_magic`"):
        carry_out(change, house.root, LINE)

    assert snapshot() == before


def test_what_cannot_be_written_is_undone(house: House, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    change = Change(house.root)
    change.edit("agents/greeter.md", "Changed.")
    change.add("no/where/gift_cards.py", "")
    change.add("main.py/gift_cards.py", "")
    with (
        pytest.raises(RefusalError, match="cannot be written: File exists"),
        change.written(),
    ):
        pass

    assert snapshot() == before


def test_who_is_interrupted_finds_all_as_it_was(house: House, snapshot: Callable[[], Snapshot]) -> None:
    before = snapshot()
    with pytest.raises(KeyboardInterrupt), new_tool(house, "gift_balance", "greeter", None).written():
        assert snapshot() != before
        raise KeyboardInterrupt

    assert snapshot() == before
