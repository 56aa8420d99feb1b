"""A line or a playbook that is wrong is told in its sentence by whatever would go by it, and before there is a call."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import app.check
import app.console
import app.lines
import app.worker
import main
from app.available import read_playbooks
from app.lines import LINES
from app.playbooks import problem_of
from switchboard.line.workflow import Workflow, WorkflowError
from switchboard.settings.environment import load_settings
from workflows.support_line import SUPPORT_LINE

MISTYPED = "agent `suport`: the line has no agent `suport`; is `support` meant?"
SIMULATED = {
    "REALTIME_PROVIDER": "simulator",
    "LIVEKIT_URL": "ws://127.0.0.1:1",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
}


@pytest.fixture
def mistaken(tmp_path: Path) -> Workflow:
    """The support line with an agent's name mistyped in its playbook."""
    assert SUPPORT_LINE.playbook
    book = tmp_path / "mistaken.yaml"
    book.write_text(SUPPORT_LINE.playbook.read_text().replace("\n  support:\n", "\n  suport:\n"))
    return replace(SUPPORT_LINE, playbook=book)


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_the_playbooks_of_our_lines_name_what_there_is(line: Workflow) -> None:
    assert problem_of(line) is None


def test_a_mistyped_agent_is_told_with_its_line(mistaken: Workflow) -> None:
    problem = problem_of(mistaken)

    assert problem
    assert problem.startswith("mistaken.yaml:")
    assert problem.endswith(MISTYPED)


def test_graph_and_check_read_the_playbook(
    mistaken: Workflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LINES, mistaken.name, mistaken)
    with pytest.raises(typer.Exit) as left:
        app.lines.show(None, only_text=True)

    assert left.value.exit_code == 2
    assert capsys.readouterr().err.strip().endswith(MISTYPED)
    said: list[str] = []
    assert app.check._playbook(mistaken, said.append)
    assert said[0].startswith(f"problem  line {mistaken.name}: its playbook mistaken.yaml:")


@pytest.mark.parametrize("start", [app.worker.run, lambda: app.console.run(True, None)], ids=["start", "console"])
def test_a_start_says_it_before_there_is_a_call(
    mistaken: Workflow,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    start: Callable[[], None],
) -> None:
    monkeypatch.setitem(LINES, mistaken.name, mistaken)
    for module in (app.worker, app.console):
        monkeypatch.setattr(module, "settings", lambda: load_settings(None, SIMULATED))
    with pytest.raises(typer.Exit) as left:
        start()

    assert left.value.exit_code == 2
    assert capsys.readouterr().err.strip().endswith(MISTYPED)


def test_where_a_real_service_answers_no_playbook_is_read(mistaken: Workflow) -> None:
    read_playbooks(load_settings(None, {"OPENAI_API_KEY": "key"}), [mistaken])


@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("graph", "app.lines.show"),
        ("check", "app.check.run"),
        ("console", "app.console.run"),
        ("dev", "app.worker.run"),
        ("start", "app.worker.run"),
    ],
)
def test_a_line_that_cannot_work_is_told_without_a_traceback(
    command: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise WorkflowError("line broken: Desk has no purpose")

    monkeypatch.setattr(place, broken)
    told = CliRunner().invoke(main.cli, [command])

    assert told.exit_code == 2
    assert told.stderr == "line broken: Desk has no purpose\n"


def test_another_error_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("something else")

    monkeypatch.setattr("app.lines.show", broken)

    assert isinstance(CliRunner().invoke(main.cli, ["graph"]).exception, ValueError)
