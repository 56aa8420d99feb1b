"""A broken scenario is told by file, line and a sentence."""

from pathlib import Path

import pytest

from rehearsal.file import ScenarioError, load
from rehearsal.prepared import columns_of
from workflows.support_line import SUPPORT_LINE

COLUMNS = columns_of(SUPPORT_LINE.business)
GOOD = """\
about: It shows something.
caller:
  says: [hello, {says: wait, during: find_order}]
holds:
  calls: [find_order]
  ended: goodbye
"""
RESULT = "{tool: find_order, returns: Found."
BROKEN = [
    ("caller:", "calls:", ":2: unknown key `calls`"),
    ("about: It shows something.\n", "", ": the key `about` is missing"),
    ("ended: goodbye", "ended: badly", ":6: `ended`: input should be"),
    ("during: find_order", "during: find_ordr", ":3: there is no tool `find_ordr`; there are: book_callback"),
    ("calls: [find_order]", "calls: [{tool: find_ordr}]", ":5: there is no tool `find_ordr`"),
    ("calls: [find_order]", "never_calls: [find_ordr]", ":5: there is no tool `find_ordr`"),
    ("calls: [find_order]", "agents: [greeter, suport]", ":5: there is no agent `suport`; there are: escalation"),
    ("calls: [find_order]", "strikes: [dead_ear]", ":5: there is no rule `dead_ear`"),
    ("calls: [find_order]", "says: ['(']", ":5: bad pattern '('"),
    ("calls: [find_order]", "rows: [{table: order}]", ":5: there is no table `order`"),
    ("calls: [find_order]", "rows: [{table: orders, has: {state: x}}]", ":5: there is no column `state`"),
    ("holds:", "before: [{change: orders}]\nholds:", ":4: `to` has the values"),
    ("holds:", "faults: [{name: flood}]\nholds:", ":4: unknown fault 'flood'; known: "),
    ("{says: wait, during", "{says: wait, types: '1', during", ":3: a turn is one of"),
    ("{says: wait, during", "{silent: 2, during", ":3: a turn has one moment"),
    ("{says: wait, during: find_order}", "{silent: 0}", ":3: `silent`: input should be greater than 0"),
    ("holds:", "  noise: {level: 3}\nholds:", ":4: `level`: input should be less than or equal to 0"),
    ("about:", "about: [", ": not YAML"),
    ("caller:", "line: clinic-line\ncaller:", ":2: there is no line `clinic-line`; there are: support-line"),
    ("holds:", "tools: [{tool: end_call, returns: ''}]\nholds:", ":4: there is no tool `end_call`; there are: book_c"),
    ("holds:", f"tools: [{RESULT}, remembers: {{order: 1}}}}]\nholds:", ":4: there is no field `order`; there are: br"),
    ("holds:", f"tools: [{RESULT}, remembers: {{order_number: x}}}}]\nholds:", ":4: `order_number`: input should be"),
    ("calls: [find_order]", "turns: [{}, {calls: [find_ordr]}]", ":5: there is no tool `find_ordr`"),
]


def test_a_whole_scenario_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)

    assert load(tmp_path / "good.yaml", SUPPORT_LINE, COLUMNS).name == f"{tmp_path.name}/good"


@pytest.mark.parametrize(("good", "bad", "told"), BROKEN, ids=[bad for _, bad, _ in BROKEN])
def test_a_broken_one_is_told_with_its_line(good: str, bad: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(GOOD.replace(good, bad, 1))

    with pytest.raises(ScenarioError) as error:
        load(file, SUPPORT_LINE, COLUMNS)

    assert str(error.value).startswith(str(file))
    assert told in str(error.value)
