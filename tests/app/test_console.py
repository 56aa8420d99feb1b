"""The call in the terminal, as a newcomer holds it: a real program in a real terminal."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.terminal import Terminal

TURNS = [
    ("hello there", "^greeter: "),
    ("where is my order?", "^support: .*order number"),
    ("it's one zero zero four two", "^support: .*postcode"),
    ("SW1A 2AA", "^support: .*Parcelforce"),
    ("what is your returns policy?", "^support: .*30|^support: .*thirty"),
    ("blue elephants dance at noon", "^support: "),
    ("let me speak to a person", "^escalation: "),
    ("can somebody call me back?", "^escalation: "),
    ("actually, look up my order again please", "^support: .*Parcelforce"),
    ("thanks, bye", "^support: .*[Gg]oodbye"),
]


@pytest.fixture(scope="module")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that `main.py seed` has made and filled."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shop')}/shop.db"
    with Terminal("seed", environ={"DATABASE_URL": url}) as terminal:
        assert terminal.exit_code() == 0
        assert any("200 orders" in line for line in terminal.lines)
    return url


@pytest.fixture
def seeded_demo(shop_url: str, tmp_path: Path) -> dict[str, str]:
    """Nothing in the environment but a database of the test's own, filled as the demo's is."""
    copy = shutil.copy(shop_url.removeprefix("sqlite:///"), tmp_path / "shop.db")
    return {"DATABASE_URL": f"sqlite:///{copy}"}


@pytest.mark.parametrize("command", [["demo", "--text"], ["console", "--text"]], ids=["demo", "console"])
def test_a_newcomer_holds_ten_turns_from_greeter_to_support_to_escalation_and_back(
    command: list[str], seeded_demo: dict[str, str]
) -> None:
    with Terminal(*command, environ=seeded_demo) as terminal:
        seen = terminal.until("^greeter: .*automated assistant")
        for words, answer in TURNS:
            terminal.until("^you:$", seen - 1)
            terminal.enter(words)
            asked = terminal.until(f"^you: {words[:20]}", seen - 1)
            seen = terminal.until(answer, asked)
        terminal.until("^Call over: the agent said goodbye", seen)

        assert terminal.exit_code() == 0
        screen = "\n".join(terminal.lines)
        assert "[handoff] greeter -> support:" in screen
        assert "[handoff] support -> escalation:" in screen
        assert "[handoff] escalation -> support:" in screen
        assert '[support] verify_caller(postcode="SW1A 2AA", order_number="10042") -> The caller is verified' in screen
        assert "[support] find_order(" in screen
        assert " ms" in screen
        assert "The simulator answers" in screen or "simulator answers" in screen
        assert "Traceback" not in screen
        assert "WARN" not in screen


def test_ctrl_c_hangs_up_without_a_traceback(seeded_demo: dict[str, str]) -> None:
    with Terminal("console", "--text", environ=seeded_demo) as terminal:
        terminal.until("^you:")
        os.kill(terminal.process.pid, signal.SIGINT)

        assert terminal.exit_code() in (0, 130)
        assert "Traceback" not in "\n".join(terminal.lines)


def test_an_unknown_line_is_refused_with_the_list_of_lines(seeded_demo: dict[str, str]) -> None:
    with Terminal("console", "--text", "--line", "nobody", environ=seeded_demo) as terminal:
        assert terminal.exit_code() == 2
        assert terminal.lines[-1] == "There is no line 'nobody'. Lines: support-line, clinic-line."
