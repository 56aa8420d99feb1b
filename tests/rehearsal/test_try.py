"""`main.py try`, as it is typed."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

import app.rehearsal_rooms
import app.rehearsals
from main import cli

PASSES = """\
about: A caller is greeted.
caller: {says: [Goodbye then.]}
holds: {says: [Fernway], ended: goodbye}
"""
SPOKEN = PASSES.replace("[Goodbye then.]", "[{silent: 1}]")
OURS = "{caller: {says: [Goodbye then.]}, holds: {says: [Fernway], ended: goodbye}}"
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


def test_a_file_is_played_wherever_it_lies_if_it_says_which_line_it_calls(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "greeted.yaml"
    file.write_text(PASSES)
    homeless = tried(str(file))
    file.write_text(f"line: support-line\n{PASSES}")

    played = tried(str(file))

    said = f"{file}: it calls no line: write `line:`, support-line or clinic-line.\n"
    assert (homeless.exit_code, homeless.stderr) == (2, said)
    assert played.output.startswith(f"ok      {file} (")
    assert (
        "it calls the line support-line: write `line:`, clinic-line."
        in tried(str(file), "--line", "clinic-line").stderr
    )
    assert "it cannot be read" in tried(str(tmp_path / "nothing.yaml")).stderr


def test_a_file_of_livekits_is_played_as_far_as_it_can_be_and_the_rest_is_counted(folder: Path, tmp_path: Path) -> None:
    file, junit = tmp_path / "scenarios.yaml", tmp_path / "try.xml"
    file.write_text(f"scenarios:\n  - label: Rude\n  - label: Greeted\n    userdata: {{switchboard: {OURS}}}\n")

    homeless = tried(str(file))
    listed = tried(str(file), "--line", "support-line", "--list").output
    played = tried(str(file), "--line", "support-line", "--json", "--junit", str(junit))
    file.write_text("scenarios: [{label: Rude}]")
    none = tried(str(file), "--line", "support-line")

    said = f"{file}: LiveKit's format names no line: add `--line`, support-line or clinic-line.\n"
    assert (homeless.exit_code, homeless.stderr) == (2, said)
    assert listed == f"support-line:\n  {file}:3 Greeted\nnot played:\n  {file}:2 Rude\n"
    not_played, greeted, summed, as_json = played.output.splitlines()
    assert played.exit_code == 0
    assert not_played.startswith(f"not played  {file}:2 Rude: a model has to play and judge it.")
    assert greeted.startswith(f"ok      {file}:3 Greeted (")
    assert summed.startswith("1 scenarios, all passed") and summed.endswith(" 1 not played.")
    assert json.loads(as_json)["not_played"] == [f"{file}:2 Rude"]
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "0", "1")
    assert none.exit_code == 2
    assert "Nothing here can be played without a model" in none.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("greetd", " Is support_line/greeted or support_line/not_greeted meant?"),
        ("suport_line/not_greeted", " Is support_line/greeted or support_line/not_greeted meant?"),
        ("not", " Is support_line/not_greeted meant?"),
        ("nosuch", ""),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_nearest_and_how_to_list_all(
    folder: Path, name: str, meant: str
) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    (folder / "not_greeted.yaml").write_text(FAILS)

    result = tried(name)

    told = f"There is no scenario {name!r}.{meant} All are listed by: main.py try --list\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_names_are_listed_below_their_lines(folder: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    (folder / "not_greeted.yaml").write_text(FAILS)
    (folder.parent / "clinic_line").mkdir()
    (folder.parent / "clinic_line" / "greeted.yaml").write_text(PASSES)

    every = tried("--list").output
    assert every == (
        "support-line:\n  support_line/greeted\n  support_line/not_greeted\nclinic-line:\n  clinic_line/greeted\n"
    )
    assert tried("--list", "greet*", "--line", "support-line").output == "support-line:\n  support_line/greeted\n"


def test_a_broken_scenario_is_told_with_its_line_and_nothing_is_played(folder: Path) -> None:
    (folder / "broken.yaml").write_text(PASSES.replace("ended:", "end:"))

    result = tried()

    assert result.exit_code == 2
    assert f"{folder / 'broken.yaml'}:3: unknown key `end`" in result.output


def test_what_takes_sound_is_left_out_where_callers_type_and_it_is_told_how_it_is_played(folder: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    (folder / "silent.yaml").write_text(SPOKEN)

    everything, named = tried(), tried("silent")

    assert "1 scenarios, all passed" in everything.output
    assert "1 more take sound: main.py try --voice" in everything.output
    assert named.exit_code == 2
    assert "support_line/silent takes sound: main.py try --voice silent" in named.output


def test_by_voice_only_what_takes_sound_is_played_unless_it_is_named(folder: Path) -> None:
    (folder / "greeted.yaml").write_text(PASSES)

    result = tried("--voice")

    assert result.exit_code == 2
    assert "No scenario takes sound. Others are spoken when they are named: main.py try --voice NAME" in result.output


def test_without_a_livekit_server_it_is_told_how_to_have_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "greeted.yaml").write_text(PASSES)
    monkeypatch.setattr(app.rehearsal_rooms, "program_here", lambda *_: None)

    result = tried("--voice", "greeted")

    assert result.exit_code == 2
    assert "run `main.py livekit-server` once" in result.output
