"""`main.py try`, as it is typed."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

import app.rehearsals
from main import cli

PASSES = """\
about: A caller is greeted.
caller: {says: [Goodbye then.]}
holds: {says: [Fernway], ended: goodbye}
"""
FAILS = PASSES.replace("Fernway", "Fairway")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scenarios of the support line, which are none yet."""
    monkeypatch.setattr(app.rehearsals, "SCENARIOS", tmp_path)
    (tmp_path / "support_line").mkdir()
    return tmp_path / "support_line"


def tried(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["try", *arguments])


def test_it_tells_what_was_expected_and_heard_and_the_call_and_exits_with_1(folder: Path, tmp_path: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    (folder / "not_greeted.yaml").write_text(FAILS)

    result = tried("--json", "--times", "2", "--junit", str(tmp_path / "try.xml"), "--html", str(tmp_path / "try.html"))

    assert result.exit_code == 1, result.output
    lines = result.output.splitlines()
    summed = json.loads(lines[-1])
    assert {**summed, "seconds": 0} == {
        "scenarios": 2,
        "passed": 1,
        "failed": ["support_line/not_greeted"],
        "seconds": 0,
    }
    assert sum(line.startswith("ok      support_line/greeted") for line in lines) == 2
    assert any("says /Fairway/" in line and "greeter: Hello, and welcome to Fernway." in line for line in lines)
    assert lines.count("caller: Goodbye then.") == 1
    page = (tmp_path / "try.html").read_text()
    assert "<h1>2 of 4 calls failed</h1>" in page
    assert page.count("<iframe") == 2 and "says /Fairway/" in page
    suite = ElementTree.parse(tmp_path / "try.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")


def test_only_those_that_are_named_are_played(folder: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    (folder / "not_greeted.yaml").write_text(FAILS)

    assert "1 scenarios, all passed" in tried("greet*").output


def test_a_name_that_nothing_has_is_told_with_those_that_there_are(folder: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)

    result = tried("greeting")

    assert result.exit_code == 2
    assert "There is no scenario 'greeting'. There are: support_line/greeted." in result.output


def test_a_broken_scenario_is_told_with_its_line_and_nothing_is_played(folder: Path) -> None:
    (folder / "broken.yaml").write_text(PASSES.replace("ended:", "end:"))

    result = tried()

    assert result.exit_code == 2
    assert f"{folder / 'broken.yaml'}:3: unknown key `end`" in result.output
