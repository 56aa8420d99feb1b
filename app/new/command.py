"""`main.py new ...`: it is written, tried by a program of its own, and taken back when that fails."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.lines import LINES
from app.new.agent import new_agent
from app.new.change import Change
from app.new.house import House
from app.new.line import new_line
from app.new.refusal import RefusalError
from app.new.tool import new_tool
from app.process import HERE, fail, tell

SECONDS = 120.0


def write_agent(name: str, line: str, sources: Sequence[str], targets: Sequence[str]) -> None:
    """Write a new agent; tells what was written and what comes next. Exits with 2 if it can't."""
    folder = f"agents/{name}"
    _write(
        lambda house: new_agent(house, name, line, sources, targets),
        line,
        f"Say in {folder}.md what it does, and in {folder}.py when a caller belongs there (`purpose`).",
        f"Talk with it: main.py console --text --line {line}",
    )


def write_tool(name: str, agent: str, line: str | None) -> None:
    """The same for a new tool."""
    _write(
        lambda house: new_tool(house, name, agent, line),
        line,
        f"Write in tools/{name}.py what it does: its docstring is the model's manual.",
        "Account data only through `account_of` (tools/access.py). If it is for strangers, add it to FOR_EVERYBODY "
        "in tests/tools/test_access.py.",
    )


def write_line(name: str, start: str | None, business: str | None) -> None:
    """The same for a new line."""
    _write(
        lambda house: new_line(house, name, start, business),
        name,
        *_of_business(business),
        f"Say in its agent's prompt what it does; add others: main.py new agent NAME --line {name} --from AGENT",
        f"Talk with it: main.py console --text --line {name}",
        f"Callers reach it by a number (PHONE_NUMBERS=<number>={name}) or by the dispatch metadata (docs/phone.md).",
    )


def _of_business(name: str | None) -> Sequence[str]:
    if name is None:
        return ()
    return (
        "Make its tables and fill them: main.py migrate, main.py seed",
        f"Say in {name}/models.py what it keeps, and in {name}/business.py what is erased with a caller and who has "
        "accounts (switchboard/line/business.py). Its tool is for strangers: add it to FOR_EVERYBODY in "
        "tests/tools/test_access.py.",
    )


def _write(make: Callable[[House], Change], line: str | None, *steps: str) -> None:
    try:
        change = make(House(HERE, tuple(LINES.values())))
        carry_out(change, HERE, line)
    except RefusalError as error:
        fail(str(error))
    tell(
        "\n".join(
            [*(f"wrote  {file}" for file in change.files), *(f"next   {step}" for step in (*steps, _trial(change)))]
        )
    )


def _trial(change: Change) -> str:
    """What to do about the scenario that was written, if one was."""
    if scenarios := [file for file in change.files if file.startswith("scenarios/")]:
        return f"Hold its call, and write others (docs/scenarios.md): main.py try {' '.join(map(_called, scenarios))}"
    return "Write a scenario: none was, for it is not known what a caller says to get there (docs/scenarios.md)."


def _called(scenario: str) -> str:
    return scenario.removeprefix("scenarios/").removesuffix(".yaml")


def carry_out(change: Change, root: Path, line: str | None) -> None:
    """Write the files, and see that `line`, or the first one, can be used with them.

    Raises `RefusalError`, and all is as it was.
    """
    with change.written():
        command = [sys.executable, "main.py", "graph", "--text", *(["--line", line] if line else [])]
        tried = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - this program
        if tried.returncode:
            why = (tried.stderr.strip() or "it says nothing").splitlines()[-1]
            raise RefusalError(f"With it no line could be used, so all is as it was: {why}")
