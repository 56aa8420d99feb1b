"""A new agent: its class, its prompt, its edges, and how it answers offline."""

from collections.abc import Sequence

from app.new.change import Change
from app.new.house import House, prompt_of
from app.new.names import check_name, class_named, spoken
from app.new.prompt import DUTIES, HANDING_OVER, with_duty
from app.new.refusal import RefusalError
from app.new.scenario import folder_of, scenario_text
from app.new.source import Source
from switchboard.line.workflow import AgentType, Workflow

CLASS = '''"""The agent for {spoken}."""

from switchboard.line.agent import VoiceAgent


class {named}(VoiceAgent):
    """Answers callers who ask about {spoken}."""

    purpose = "The caller asks about {spoken}."
    opening = "Answer what the caller said last and do not greet again; or say that you can help with {spoken}."
'''
PROMPT = """# Role

You take care of callers who ask about {spoken}.

# How you speak

- You are on the phone: one or two short sentences, then let the caller speak.
- Ask one question at a time.

# What you do

- Find out what the caller wants, and answer it. Say only what your tools told you; never guess.
{handing}
# Ending

When their matter is settled, ask once whether there is anything else. When they say no or goodbye, say goodbye
in one short sentence and call `end_call`.
"""


def new_agent(house: House, name: str, line: str, sources: Sequence[str], targets: Sequence[str]) -> Change:
    """The agent `name` on `line`, to whom `sources` hand callers over and who hands them over to `targets`.

    Raises `RefusalError`.
    """
    check_name(name, "gift_cards")
    workflow = house.line(line)
    _check_free(workflow, name)
    givers, takers = _agents(house, line, "--from", sources), _agents(house, line, "--to", targets)
    if not givers:
        raise RefusalError(f"Nobody would hand a caller over to {name}: name an agent that does with --from.")
    change = Change(house.root)
    change.add(f"agents/{name}.py", class_text(name))
    change.add(f"agents/{name}.md", prompt_text(name, takers))
    file, source = house.workflow_file(workflow, change)
    change.edit(file, _with_edges(house, source, workflow, name, givers, takers))
    for giver in givers:
        prompt = prompt_of(giver)
        duty = f"- The caller asks about {spoken(name)}: call `transfer_to_{name}`."
        change.edit(prompt, with_duty(change.read(prompt), duty, HANDING_OVER, DUTIES))
    if playbook := house.playbook(workflow, change):
        playbook.add_agent(name, [agent.name() for agent in takers])
        for giver in givers:
            playbook.add_edge(giver.name(), name)
        playbook.check()
        change.edit(playbook.name, playbook.text)
        if workflow.start in givers:
            change.add(f"{folder_of(line)}/reaches_{name}.yaml", _scenario(workflow, name))
    return change


def class_text(name: str) -> str:
    """The class of a new agent."""
    return CLASS.format(spoken=spoken(name), named=class_named(name))


def prompt_text(name: str, takers: Sequence[AgentType]) -> str:
    """Its prompt; it hands callers over to `takers`."""
    return PROMPT.format(spoken=spoken(name), handing=_handing(takers))


def _scenario(workflow: Workflow, name: str) -> str:
    start = workflow.start.name()
    holds = [
        f"calls: [{{tool: transfer_to_{name}, by: {start}}}]",
        f"agents: [{start}, {name}]",
        f"says: [I can help with {spoken(name)}]",
    ]
    says = (f"I have a question about {spoken(name)}", "Goodbye")
    return scenario_text(f"Who asks about {spoken(name)} is handed over to that agent.", says, holds)


def _check_free(workflow: Workflow, name: str) -> None:
    if any(agent.name() == name for agent in workflow.agents):
        raise RefusalError(f"The line {workflow.name} has an agent {name}: choose another name.")
    if any(place.id == name for place in workflow.places):
        raise RefusalError(f"The line {workflow.name} has a person or a number {spoken(name)!r}: choose another name.")


def _agents(house: House, line: str, option: str, names: Sequence[str]) -> list[AgentType]:
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise RefusalError(f"{option} {twice} is given twice: an edge is declared once.")
    return [house.agent(name, line) for name in names]


def _with_edges(
    house: House,
    source: Source,
    workflow: Workflow,
    name: str,
    givers: Sequence[AgentType],
    takers: Sequence[AgentType],
) -> str:
    named = class_named(name)
    if named in source.bound():
        raise RefusalError(f"The file of {workflow.name} has another {named}: choose another name than {name}.")
    source.add_import(f"agents.{name}", named)
    source.add_edges(workflow.name, [each.__name__ for each in givers], named, [each.__name__ for each in takers])
    return source.text(house.root)


def _handing(takers: Sequence[AgentType]) -> str:
    edges = "".join(f"- {agent.purpose.rstrip('.')}: `transfer_to_{agent.name()}`.\n" for agent in takers)
    return f"\n# Handing over\n\n{edges}" if edges else ""
