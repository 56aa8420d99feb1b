"""A new line: its workflow with a first agent, its playbook, its place among the others, a scenario; and a business."""

import re
from pathlib import Path

from app.new.agent import class_text, prompt_text
from app.new.business import TOPIC, NewBusiness
from app.new.change import Change
from app.new.house import House
from app.new.names import check_name, class_named
from app.new.playbook_text import PlaybookText
from app.new.refusal import RefusalError
from app.new.scenario import folder_of, scenario_text
from app.new.source import Source, imports

WORKFLOW = '''"""The line {line}."""

from pathlib import Path

{imports}

{constant} = Workflow(
    name="{line}",
    start={named},
    handoffs={{
        {named}: (),
    }},{state}
    playbook=Path(__file__).with_name("{stem}.playbook.yaml"),{business}
)
'''
PLAYBOOK = Path(__file__).with_name("playbook.yaml")
LINES = "app/lines.py"


def new_line(house: House, name: str, start: str | None, business: str | None = None) -> Change:
    """The line `name`, whose callers come to the agent `start` first, on a new `business` of its own if one is named.

    Raises `RefusalError`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise RefusalError(f"{name!r} cannot be a line: use lower-case words joined by dashes, such as sales-line.")
    if any(line.name == name for line in house.lines):
        raise RefusalError(f"There is a line {name}: choose another name, or add an agent to it.")
    stem = name.replace("-", "_")
    agent = start or f"{stem.removesuffix('_line')}_desk"
    check_name(stem, "sales-line")
    check_name(agent, "sales_desk")
    own = NewBusiness(house, business) if business else None
    change = Change(house.root)
    change.add(f"workflows/{stem}.py", _workflow(name, stem, agent, own))
    change.add(f"workflows/{stem}.playbook.yaml", _playbook(name, stem, agent, own))
    change.add(f"agents/{agent}.py", class_text(agent))
    change.add(f"agents/{agent}.md", prompt_text(agent, ()))
    lines = Source(LINES, change.read(LINES))
    lines.add_import(f"workflows.{stem}", stem.upper())
    lines.add_line(stem.upper())
    change.edit(LINES, lines.text(house.root))
    about = f"Who calls {name} is greeted by an automated assistant."
    holds = [f"agents: [{agent}]", "says: [automated assistant]"]
    change.add(f"{folder_of(name)}/is_greeted.yaml", scenario_text(about, ("Hello", "Goodbye"), holds))
    if own:
        own.add_to(change)
        own.used_by(agent, change, house.root)
        change.add(f"{folder_of(name)}/asks_about_{TOPIC}.yaml", own.scenario(agent))
    return change


def _workflow(line: str, stem: str, agent: str, own: NewBusiness | None) -> str:
    named = class_named(agent)
    used = [(f"agents.{agent}", named), ("switchboard.line.workflow", "Workflow"), *(own.imports if own else ())]
    return WORKFLOW.format(
        line=line,
        stem=stem,
        constant=stem.upper(),
        named=named,
        imports=imports(*used),
        state=f"\n    state={own.state}," if own else "",
        business=f"\n    business={own.constant}," if own else "",
    )


def _playbook(line: str, stem: str, agent: str, own: NewBusiness | None) -> str:
    text = PLAYBOOK.read_text().replace("LINE", line).replace("AGENT", agent)
    if own is None:
        return text
    playbook = PlaybookText(f"workflows/{stem}.playbook.yaml", text)
    playbook.add_tool(agent, own.tool, about=TOPIC)
    playbook.check()
    return playbook.text
