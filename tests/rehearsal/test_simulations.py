"""LiveKit's own `scenarios.yaml`, read."""

import re
from pathlib import Path

import pytest
from livekit.protocol.agent_simulation import Scenario, ScenarioGroup

from rehearsal.file import Play, ScenarioError
from rehearsal.prepared import columns_of
from rehearsal.simulations import Simulation, Simulations, Unplayed, holds_simulations, load_simulations
from workflows.support_line import SUPPORT_LINE

DOCS = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
COLUMNS = columns_of(SUPPORT_LINE.business)
LIVEKITS = """\
id: SCNG_1
name: Order status
scenarios:
  - id: SCN_1
    label: Somebody is late
    instructions: |
      PERSONA: Maya Chen, in a hurry.
      OPENING LINE (cold): "Where is
      my parcel?"
    agent_expectations: The agent finds the order.
    tags: {difficulty: 1}
    userdata:
      expected: 2026-06-09
  - label: Goodbye at once
    instructions: Say goodbye.
    agent_expectations: The agent says goodbye.
    userdata:
      switchboard:
        caller: {says: [Goodbye then.]}
        holds: {agents: [greeter], says: [Fernway]}
"""
BROKEN = [
    ("    label: Some", "    labl: Some", ":5: unknown key `labl`"),
    ("      switchboard:", "      switchboard: {}\n      other:", ":18: the keys `caller`, `holds` are missing"),
    ("caller: {says", "caller: {say", ":19: unknown key `say`"),
    ("[greeter]", "[greter]", ":20: there is no agent `greter`; there are: escalation"),
    ("        caller:", "        line: clinic-line\n        caller:", ":19: there is no line `clinic-line`"),
    (
        "        caller:",
        "        tools: [{tool: find_order, returns: '', remembers: {order_number: x}}]\n        caller:",
        ":19: `order_number`: input should be",
    ),
    (LIVEKITS, "scenarios: []", ":1: `scenarios`: tuple should have at least 1 item"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """As LiveKit's CLI takes it."""
    path = tmp_path / "scenarios.yaml"
    path.write_text(LIVEKITS)
    return path


def test_what_is_written_down_for_a_caller_of_ours_is_a_scenario_about_the_label(file: Path) -> None:
    late, goodbye = load_simulations(file, SUPPORT_LINE, COLUMNS)

    assert isinstance(goodbye, Play)
    assert (goodbye.name, goodbye.scenario.about) == (f"{file}:14 Goodbye at once", "Goodbye at once")
    assert goodbye.scenario.caller.says[0].says == "Goodbye then."
    assert (goodbye.short, goodbye.again) == ("scenarios:14 Goodbye at once", f"{file} --line support-line")
    assert isinstance(late, Unplayed)


def test_what_the_docs_show_can_be_played(file: Path) -> None:
    (shown,) = [block for block in re.findall("```yaml\n(.*?)```", DOCS, re.DOTALL) if "agent_expectations" in block]
    file.write_text(shown)

    (played,) = load_simulations(file, SUPPORT_LINE, COLUMNS)

    assert isinstance(played, Play)


def test_what_needs_a_model_is_told_with_what_to_write_and_that_can_be_played(file: Path) -> None:
    late, _ = load_simulations(file, SUPPORT_LINE, COLUMNS)
    assert isinstance(late, Unplayed)
    assert late.name == f"{file}:4 Somebody is late"
    _, instead = late.why.split("userdata: ")

    file.write_text(LIVEKITS.replace("expected: 2026-06-09", instead))

    mended, _ = load_simulations(file, SUPPORT_LINE, COLUMNS)
    assert isinstance(mended, Play)
    assert [turn.says for turn in mended.scenario.caller.says] == ["Where is my parcel?"]


def test_a_caller_without_first_words_is_told_some(file: Path) -> None:
    file.write_text("scenarios: [{label: A, instructions: Be rude., userdata: }]")

    (unplayed,) = load_simulations(file, SUPPORT_LINE, COLUMNS)

    assert isinstance(unplayed, Unplayed)
    assert '{says: ["What the caller says."]}' in unplayed.why


def test_a_file_of_ours_is_none_of_livekits(file: Path) -> None:
    livekits = holds_simulations(file)
    file.write_text("about: Nothing.\ncaller: {}\nholds: {}\n")

    assert (livekits, holds_simulations(file)) == (True, False)


@pytest.mark.parametrize(("good", "bad", "told"), BROKEN, ids=[told for _, _, told in BROKEN])
def test_a_broken_one_is_told_with_its_line(good: str, bad: str, told: str, file: Path) -> None:
    file.write_text(LIVEKITS.replace(good, bad, 1))

    with pytest.raises(ScenarioError) as error:
        load_simulations(file, SUPPORT_LINE, COLUMNS)

    assert str(error.value).startswith(f"{file}{told}")


def test_livekits_messages_have_no_field_that_is_unknown_here() -> None:
    assert set(Scenario.DESCRIPTOR.fields_by_name) == set(Simulation.model_fields)
    assert set(ScenarioGroup.DESCRIPTOR.fields_by_name) == set(Simulations.model_fields)
