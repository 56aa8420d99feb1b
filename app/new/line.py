"""A new line: its workflow with a first agent, its playbook, its place among the others, a scenario."""

import re
from pathlib import Path

from app.new.agent import class_text, prompt_text
from app.new.change import Change
from app.new.house import House
from app.new.names import check_name, class_named
from app.new.refusal import RefusalError
from app.new.scenario import folder_of, scenario_text
from app.new.source import Source

WORKFLOW = '''"""The line {line}."""

from pathlib import Path

from agents.{agent} import {named}
from switchboard.line.workflow import Workflow

{constant} = Workflow(
    name="{line}",
    start={named},
    handoffs={{
        {named}: (),
    }},
    playbook=Path(__file__).with_name("{stem}.playbook.yaml"),
)
'''
PLAYBOOK = Path(__file__).with_name("playbook.yaml")
LINES = "app/lines.py"


def new_line(house: House, name: str, start: str | None) -> Change:
    """The line `name`, whose callers come to the agent `start` first. Raises `RefusalError`."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise RefusalError(f"{name!r} cannot be a line: use lower-case words joined by dashes, such as sales-line.")
    if any(line.name == name for line in house.lines):
        raise RefusalError(f"There is a line {name}: choose another name, or add an agent to it.")
    stem = name.replace("-", "_")
    agent = start or f"{stem.removesuffix('_line')}_desk"
    check_name(stem, "sales-line")
    check_name(agent, "sales_desk")
    values = {"line": name, "stem": stem, "constant": stem.upper(), "agent": agent, "named": class_named(agent)}
    change = Change(house.root)
    change.add(f"workflows/{stem}.py", WORKFLOW.format(**values))
    change.add(f"workflows/{stem}.playbook.yaml", PLAYBOOK.read_text().replace("LINE", name).replace("AGENT", agent))
    change.add(f"agents/{agent}.py", class_text(agent))
    change.add(f"agents/{agent}.md", prompt_text(agent, ()))
    lines = Source(LINES, change.read(LINES))
    lines.add_import(f"workflows.{stem}", stem.upper())
    lines.add_line(stem.upper())
    change.edit(LINES, lines.text(house.root))
    about = f"Who calls {name} is greeted by an automated assistant."
    holds = [f"agents: [{agent}]", "says: [automated assistant]"]
    change.add(f"{folder_of(name)}/is_greeted.yaml", scenario_text(about, ("Hello", "Goodbye"), holds))
    return change
