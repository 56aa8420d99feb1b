"""The house after somebody has dropped the examples, as CONTRIBUTING.md says, and has a line of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.house import house_in

AGENT = """
from switchboard.line.agent import VoiceAgent

class Host(VoiceAgent):
    purpose = "The caller wants to talk."
    opening = "Hello, this is the house."
"""
WORKFLOW = """
from pathlib import Path
from agents.host import Host
from switchboard.line.workflow import Workflow

PLAIN_LINE = Workflow(
    name="plain-line", start=Host, handoffs={Host: ()}, playbook=Path(__file__).with_name("plain.playbook.yaml")
)
"""
PLAYBOOK = r"""
agent: '^You are `(?P<agent>[^`]+)` on the line'
clauses: '[.?!]\s+'
drop: 'never mind'
negated: "no need for (?P<what>.+)"
goodbye: 'bye'
request: 'please'
advice: '`[a-z_]+`'
slots: {}
topics: {}
agents: {}
lost: Sorry?
troubled: Sorry.
lasting: Sorry again.
plain: This is {agent}.
"""
KEPT = ("clock.py", "hearing", "keys.py", "speech.py", "times.py")
"""Of the tools' helpers: these know no business."""
COMMANDS = ("migrate", "seed", "check", "graph --text", "console --text", "calls", "erase --caller +447700900123 --yes")
ALL = f"""
import app.rehearsals, tests.conftest, tools.keys, tools.times
from main import cli
for words in {COMMANDS}:
    try:
        cli(words.split())
    except SystemExit as ended:
        print(f"[{{words}}: {{ended.code}}]", flush=True)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Without what is dropped; the line is the first one in `app/lines.py`."""
    house = house_in(tmp_path, "app", without=("shop", "clinic", "agents", "workflows", "tools"))
    lines = house / "app" / "lines.py"
    named = lines.read_text(encoding="utf-8").replace("(SUPPORT_LINE, CLINIC_LINE)", "(PLAIN_LINE,)")
    named = named.replace("from workflows.clinic_line import CLINIC_LINE\n", "")
    named = named.replace("workflows.support_line import SUPPORT_LINE", "workflows.plain_line import PLAIN_LINE")
    lines.write_text(named, encoding="utf-8")
    for folder in ("agents", "workflows", "tools"):
        (house / folder).mkdir()
        (house / folder / "__init__.py").touch()
    (house / "agents" / "host.py").write_text(AGENT, encoding="utf-8")
    (house / "agents" / "host.md").write_text("You talk.", encoding="utf-8")
    (house / "workflows" / "plain_line.py").write_text(WORKFLOW, encoding="utf-8")
    (house / "workflows" / "plain.playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    for kept in KEPT:
        (house / "tools" / kept).symlink_to(ROOT / "tools" / kept)
    return house


def test_every_command_works_and_what_all_tests_share_can_be_imported(house: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COLUMNS": "200"}
    environ["DATABASE_URL"] = f"sqlite:///{house}/switchboard.db"
    run = [sys.executable, "-c", ALL]
    done = subprocess.run(run, cwd=house, env=environ, input="", capture_output=True, text=True)
    told = done.stdout

    assert done.returncode == 0, told + done.stderr
    assert re.findall(r"^\[(.*): (\d+)\]$", told, re.MULTILINE) == [(words, "0") for words in COMMANDS], told
    assert "no line has a business with an example" in told
    assert "host: Hello, this is the house." in told
    assert "Erased: 1 calls" not in told
    assert "plain-line" in told
